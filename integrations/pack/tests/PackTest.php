<?php

namespace Parrain\Pack\Tests;

use PHPUnit\Framework\TestCase;

/** What the packing makes of each module, as a shop unpacks it. */
final class PackTest extends TestCase
{
    /** @var string A folder of its own. */
    private $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/parrain-pack-' . bin2hex(random_bytes(8));
        mkdir($this->folder);
    }

    protected function tearDown(): void
    {
        array_map('unlink', glob($this->folder . '/*') ?: []);
        rmdir($this->folder);
    }

    /**
     * @dataProvider zips
     * @param string $library where the library's queue is in the zip
     * @param string[] $files some that must be there
     */
    public function testTheLibraryIsTheModulesOwnInEveryFile(string $module, string $zip, string $namespace, string $library, array $files): void
    {
        $there = $this->unpacked($module, $zip);
        self::assertArrayHasKey($library, $there);
        self::assertStringContainsString("namespace $namespace\\Shared;", $there[$library]);
        foreach ($files as $file) {
            self::assertArrayHasKey($file, $there);
        }
        $bare = preg_grep('/Parrain\\\\{1,2}Shared/', $there);
        self::assertSame([], array_keys($bare === false ? ['unread' => true] : $bare), 'two modules in one shop would clash');
        self::assertSame([], preg_grep('~(^|/)tests/~', array_keys($there)));
    }

    /** @return array<string, array{string, string, string, string, string[]}> */
    public function zips(): array
    {
        return [
            'WooCommerce' => ['woocommerce', 'parrain-woocommerce.zip', 'Parrain\\WooCommerce', 'parrain/lib/Queue.php', ['parrain/parrain.php']],
            'PrestaShop' => ['prestashop', 'parrain-prestashop.zip', 'Parrain\\PrestaShop', 'parrain/lib/Queue.php', ['parrain/parrain.php']],
            'OpenCart 4' => ['opencart', 'parrain.ocmod.zip', 'Parrain\\OpenCart', 'system/library/parrain/lib/Queue.php', [
                'install.json', 'admin/view/template/module/parrain.twig', 'catalog/view/template/module/account.twig',
            ]],
            'OpenCart 3' => ['opencart', 'parrain-opencart-3.0.ocmod.zip', 'Parrain\\OpenCart', 'upload/system/library/parrain/lib/Queue.php', [
                'upload/admin/view/template/extension/module/parrain.twig',
            ]],
            'Magento' => ['magento', 'parrain-magento.zip', 'Parrain\\Referral', 'app/code/Parrain/Referral/Shared/Queue.php', [
                'app/code/Parrain/Referral/registration.php', 'app/code/Parrain/Referral/view/adminhtml/templates/settings.phtml',
            ]],
        ];
    }

    /** @return array<string, string> The files of a zip by their paths in it. */
    private function unpacked(string $module, string $zip): array
    {
        $command = array_map('escapeshellarg', [PHP_BINARY, dirname(__DIR__, 2) . '/pack.php', $module, $this->folder]);
        exec(implode(' ', $command), $said, $status);
        self::assertSame(0, $status, implode("\n", $said));
        $archive = new \PharData($this->folder . '/' . $zip);
        $files = [];
        foreach (new \RecursiveIteratorIterator($archive) as $file) {
            $files[explode($zip . '/', str_replace('\\', '/', $file->getPathname()), 2)[1]] = (string) file_get_contents($file->getPathname());
        }
        return $files;
    }
}
