<?php

// The classes of this module, and those of the library that its zip carries.
spl_autoload_register(static function (string $class): void {
    $folders = [
        // First, since in a zip the library's namespace is within the module's.
        'Parrain\\Shared\\' => is_dir(__DIR__ . '/lib') ? __DIR__ . '/lib/' : __DIR__ . '/../php/src/',
        'Parrain\\OpenCart\\' => __DIR__ . '/src/',
    ];
    foreach ($folders as $prefix => $folder) {
        if (strpos($class, $prefix) === 0) {
            $file = $folder . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
            if (is_file($file)) {
                require $file;
            }
            return;
        }
    }
});
