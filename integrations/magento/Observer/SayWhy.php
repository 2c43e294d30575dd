<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Checkout\Model\Session;
use Magento\Framework\Message\ManagerInterface;
use Parrain\Referral\Model\Safely;
use Parrain\Referral\Model\Visit;

/** The cart page is opened: it says why a gift left the basket. */
final class SayWhy implements ObserverInterface
{
    public function __construct(private readonly Session $session, private readonly Visit $visit, private readonly ManagerInterface $messages, private readonly Safely $safely)
    {
    }

    public function execute(Observer $observer): void
    {
        $this->safely->run(function (): void {
            $words = $this->visit->said((int) $this->session->getQuoteId());
            if ($words !== '') {
                $this->messages->addNoticeMessage($words);
            }
        });
    }
}
