<?php

// The module's classes, of its sources; Magento finds them by its own means.
spl_autoload_register(static function (string $class): void {
    $prefix = 'Parrain\\Referral\\';
    $file = __DIR__ . '/../' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
    if (strpos($class, $prefix) === 0 && is_file($file)) {
        require $file;
    }
});
