<?php

$_['heading_title'] = 'Parrain';
$_['text_home'] = 'Accueil';
$_['text_extension'] = 'Extensions';
