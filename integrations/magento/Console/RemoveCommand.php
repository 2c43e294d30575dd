<?php

declare(strict_types=1);

namespace Parrain\Referral\Console;

use Magento\Framework\App\Area;
use Magento\Framework\App\State;
use Parrain\Referral\Model\Installation;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/** `bin/magento parrain:remove`, before the module is disabled and its folder deleted. */
class RemoveCommand extends Command
{
    public function __construct(private readonly Installation $installation, private readonly State $state)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this->setName('parrain:remove')->setDescription('Ends Parrain’s connection and removes what it made; then disable the module');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $unheard = $this->state->emulateAreaCode(Area::AREA_ADMINHTML, [$this->installation, 'remove']);
        foreach ($unheard as $shop) {
            $output->writeln("<comment>$shop could not be told: end the connection at its desk, under Settings, Modules.</comment>");
        }
        $this->installation->forget();
        $output->writeln('<info>Done. Now: bin/magento module:disable Parrain_Referral, bin/magento setup:upgrade, and delete app/code/Parrain.</info>');
        return Command::SUCCESS;
    }
}
