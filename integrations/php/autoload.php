<?php

// The classes of this folder, for tests and for a module that is run from its sources; a module's zip has its own copy,
// under a namespace of its own, so that two modules in one shop never share one.
spl_autoload_register(static function (string $class): void {
    $prefix = 'Parrain\\Shared\\';
    if (strpos($class, $prefix) === 0) {
        $file = __DIR__ . '/src/' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});
