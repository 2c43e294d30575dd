<?php

$_['heading_title'] = 'Parrain';
$_['text_home'] = 'Home';
$_['text_extension'] = 'Extensions';
