<?php

namespace Parrain\Shared;

/** A task that this shop cannot do, with the reason in words for its owner, who reads it at the edge. */
final class CannotDo extends \RuntimeException
{
}
