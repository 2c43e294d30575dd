<?php

// Builds the zip of a shop module, the same bytes each time: `php integrations/pack.php woocommerce OUT_DIR`.

namespace Parrain\Pack;

require __DIR__ . '/pack/Zip.php';
require __DIR__ . '/pack/Mo.php';

/**
 * A module: the namespace of its copy of the library, and its zips. Each says where the module stands in it (`root`); what is
 * of one version of the platform alone has a folder, which stands `at` another place, and templates that versions share
 * stand where `views` says. The library stands in lib/, or where `library` says.
 */
const MODULES = [
    'woocommerce' => ['namespace' => 'Parrain\\WooCommerce', 'zips' => ['parrain-woocommerce.zip' => ['root' => 'parrain/']]],
    'prestashop' => ['namespace' => 'Parrain\\PrestaShop', 'zips' => ['parrain-prestashop.zip' => ['root' => 'parrain/']]],
    'opencart' => ['namespace' => 'Parrain\\OpenCart', 'zips' => [
        // OpenCart 4 calls an extension by the name of its file, so this one is not free.
        'parrain.ocmod.zip' => [
            'root' => 'system/library/parrain/', 'folder' => 'v4', 'at' => '',
            'views' => [
                'settings.twig' => 'admin/view/template/module/parrain.twig', 'account.twig' => 'catalog/view/template/module/account.twig',
            ],
        ],
        'parrain-opencart-3.0.ocmod.zip' => [
            'root' => 'upload/system/library/parrain/', 'folder' => 'v3', 'at' => 'upload/',
            'views' => [
                'settings.twig' => 'upload/admin/view/template/extension/module/parrain.twig',
                'account.twig' => 'upload/catalog/view/theme/default/template/extension/module/parrain_account.twig',
            ],
        ],
    ]],
    'magento' => ['namespace' => 'Parrain\\Referral', 'zips' => [
        'parrain-magento.zip' => ['root' => 'app/code/Parrain/Referral/', 'library' => 'Shared/'],
    ]],
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
function withGuards(array $files, string $root): array
{
    $guard = "<?php\n\nheader('Location: ../');\nexit;\n";
    foreach (array_keys($files) as $path) {
        for ($folder = dirname($path); $folder . '/' !== $root; $folder = dirname($folder)) {
            $files[$folder . '/index.php'] = $guard;
        }
    }
    $files[$root . 'index.php'] = $guard;
    $files[$root . '.htaccess'] = "<FilesMatch \"\\.(php|tpl|md)$\">\n<IfModule mod_authz_core.c>\nRequire all denied\n</IfModule>\n</FilesMatch>\n";
    return $files;
}

/**
 * The module's own files in a zip, by their paths in it.
 *
 * @param array<string, mixed> $zip as MODULES has it
 * @return array<string, string>
 */
function placed(string $module, array $zip): array
{
    $placed = [];
    foreach (files(__DIR__ . '/' . $module) as $path => $text) {
        list($folder, $rest) = explode('/', $path . '/', 2);
        if (isset($zip['folder']) && $folder === $zip['folder']) {
            $placed[$zip['at'] . rtrim($rest, '/')] = $text;
        } elseif (isset($zip['views']) && $folder === 'views') {
            $placed[$zip['views'][rtrim($rest, '/')]] = $text;
        } elseif (!isset($zip['folder']) || !preg_match('/^v[0-9]$/D', $folder)) {
            $placed[$zip['root'] . $path] = $text;
        }
    }
    return $placed;
}

/**
 * A zip of the module's.
 *
 * @param array<string, mixed> $zip as MODULES has it
 */
function packed(string $module, array $zip): string
{
    $files = placed($module, $zip);
    foreach (files(__DIR__ . '/php/src') as $path => $text) {
        $files[$zip['root'] . (isset($zip['library']) ? $zip['library'] : 'lib/') . $path] = $text;
    }
    foreach (['LICENSE-MIT', 'LICENSE-APACHE'] as $licence) {
        $files[$zip['root'] . $licence] = (string) file_get_contents(__DIR__ . '/../' . $licence);
    }
    $files = $module === 'prestashop' ? withGuards($files, $zip['root']) : $files;
    $made = new Zip();
    foreach ($files as $path => $text) {
        if (preg_match('/\.(php|phtml)$/D', $path)) {
            $text = scoped($text, MODULES[$module]['namespace']);
        }
        if (substr($path, -3) === '.po') {
            $made->add(substr($path, 0, -2) . 'mo', Mo::of($text));
        }
        $made->add($path, $text);
    }
    return $made->bytes();
}

$module = isset($argv[1]) ? $argv[1] : '';
$folder = isset($argv[2]) ? $argv[2] : '';
if (!isset(MODULES[$module]) || !is_dir($folder)) {
    fwrite(STDERR, 'usage: php integrations/pack.php ' . implode('|', array_keys(MODULES)) . " OUT_DIR (a folder that is there)\n");
    exit(2);
}
foreach (MODULES[$module]['zips'] as $name => $zip) {
    $path = rtrim($folder, '/') . '/' . $name;
    $bytes = packed($module, $zip);
    if (file_put_contents($path, $bytes) !== strlen($bytes)) {
        fwrite(STDERR, "cannot write $path\n");
        exit(1);
    }
    echo $path, ' ', strlen($bytes), " bytes\n";
}
