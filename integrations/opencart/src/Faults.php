<?php

namespace Parrain\OpenCart;

/** Writes to the shop's own log of errors what broke in the module, and where; never what it said, since customers may stand in that. */
final class Faults
{
    public static function write(object $registry, \Throwable $broken): void
    {
        $places = [$broken->getFile() . ' on line ' . $broken->getLine()];
        foreach ($broken->getTrace() as $call) {
            if (isset($call['file'], $call['line']) && strpos($call['file'], __DIR__) === 0 && basename($call['file']) !== 'OcDatabase.php') {
                $places[] = basename($call['file']) . ' on line ' . $call['line'];
                break;
            }
        }
        $registry->get('log')->write('Parrain: ' . get_class($broken) . ' in ' . implode(', by ', array_unique($places)));
    }
}
