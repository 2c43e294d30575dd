<?php

namespace Parrain\Shared;

/** Something in a connection is not what it has to be; the module says so in the owner's language. */
final class Misread extends \InvalidArgumentException
{
    /** @var string Which part: edge, shop, event_secret, widget_src or connect_code. */
    public $part;

    public function __construct(string $part)
    {
        parent::__construct('cannot be used: ' . $part);
        $this->part = $part;
    }
}
