<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Checkout\Model\Session;
use Magento\Store\Model\StoreManagerInterface;
use Parrain\Referral\Model\Safely;
use Parrain\Referral\Model\Signups;

/** A customer opened an account. */
final class OpenAccount implements ObserverInterface
{
    public function __construct(private readonly Signups $signups, private readonly Session $session, private readonly StoreManagerInterface $stores, private readonly Safely $safely)
    {
    }

    public function execute(Observer $observer): void
    {
        $customer = $observer->getData('customer');
        $this->safely->run(fn () => $this->signups->opened(
            (int) $customer->getId(),
            (int) $this->stores->getStore()->getId(),
            (int) $this->session->getQuoteId()
        ));
    }
}
