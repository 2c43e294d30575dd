<?php

// Builds the zip of a shop module, the same bytes each time: `php integrations/pack.php woocommerce OUT_DIR`.

namespace Parrain\Pack;

require __DIR__ . '/pack/Zip.php';
require __DIR__ . '/pack/Mo.php';

/**
 * A module: the namespace of its copy of the library, where its files stand in the zip, and the library among them where that is
 * not in lib/.
 */
const MODULES = [
    'woocommerce' => ['namespace' => 'Parrain\\WooCommerce', 'root' => 'parrain/', 'zip' => 'parrain-woocommerce.zip'],
    'prestashop' => ['namespace' => 'Parrain\\PrestaShop', 'root' => 'parrain/', 'zip' => 'parrain-prestashop.zip'],
    'magento' => ['namespace' => 'Parrain\\Referral', 'root' => 'app/code/Parrain/Referral/', 'zip' => 'parrain-magento.zip', 'library' => 'Shared/'],
];

/** What is for who works on a module, and not for a shop. */
const LEFT_OUT = ['tests', 'README.md', 'phpcs.xml'];

/**
 * The files below a folder, by their paths in it.
 *
 * @return array<string, string>
 */
function files(string $folder): array
{
    $found = [];
    $all = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS));
    foreach ($all as $file) {
        $path = str_replace('\\', '/', substr($file->getPathname(), strlen($folder) + 1));
        if (!in_array(explode('/', $path)[0], LEFT_OUT, true)) {
            $found[$path] = (string) file_get_contents($file->getPathname());
        }
    }
    return $found;
}

/** PHP with the library's namespace within a module's own. */
function scoped(string $php, string $namespace): string
{
    $escaped = str_replace('\\', '\\\\', $namespace);
    return str_replace(
        ['Parrain\\\\Shared', 'Parrain\\Shared'],
        [$escaped . '\\\\Shared', $namespace . '\\Shared'],
        $php
    );
}

/**
 * What PrestaShop asks of a module's folders: in each a file that lists nothing, and at the top one that denies all but
 * what is meant to be fetched.
 *
 * @param array<string, string> $files
 * @return array<string, string>
 */
function withGuards(array $files): array
{
    $guard = "<?php\n\nheader('Location: ../');\nexit;\n";
    foreach (array_keys($files) as $path) {
        for ($folder = dirname($path); $folder !== '.'; $folder = dirname($folder)) {
            $files[$folder . '/index.php'] = $guard;
        }
    }
    $files['index.php'] = $guard;
    $files['.htaccess'] = "<FilesMatch \"\\.(php|tpl|md)$\">\n<IfModule mod_authz_core.c>\nRequire all denied\n</IfModule>\n</FilesMatch>\n";
    return $files;
}

/** The module's zip. */
function packed(string $module): string
{
    $about = MODULES[$module];
    $files = files(__DIR__ . '/' . $module);
    foreach (files(__DIR__ . '/php/src') as $path => $text) {
        $files[(isset($about['library']) ? $about['library'] : 'lib/') . $path] = $text;
    }
    foreach (['LICENSE-MIT', 'LICENSE-APACHE'] as $licence) {
        $files[$licence] = (string) file_get_contents(__DIR__ . '/../' . $licence);
    }
    $files = $module === 'prestashop' ? withGuards($files) : $files;
    $zip = new Zip();
    foreach ($files as $path => $text) {
        if (preg_match('/\.(php|phtml)$/D', $path)) {
            $text = scoped($text, $about['namespace']);
        }
        if (substr($path, -3) === '.po') {
            $zip->add($about['root'] . substr($path, 0, -2) . 'mo', Mo::of($text));
        }
        $zip->add($about['root'] . $path, $text);
    }
    return $zip->bytes();
}

$module = isset($argv[1]) ? $argv[1] : '';
$folder = isset($argv[2]) ? $argv[2] : '';
if (!isset(MODULES[$module]) || !is_dir($folder)) {
    fwrite(STDERR, 'usage: php integrations/pack.php ' . implode('|', array_keys(MODULES)) . " OUT_DIR (a folder that is there)\n");
    exit(2);
}
$path = rtrim($folder, '/') . '/' . MODULES[$module]['zip'];
$bytes = packed($module);
if (file_put_contents($path, $bytes) !== strlen($bytes)) {
    fwrite(STDERR, "cannot write $path\n");
    exit(1);
}
echo $path, ' ', strlen($bytes), " bytes\n";
