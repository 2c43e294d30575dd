<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Psr\Log\LoggerInterface;

/** Does what the module has to do within a request of the shop's, so that no fault of ours ends it. */
final class Safely
{
    public function __construct(private readonly LoggerInterface $logger)
    {
    }

    /**
     * Does something, or notes in the shop's log why it could not be done.
     *
     * @template T
     * @param callable(): T $deed
     * @param T $otherwise
     * @return T
     */
    public function run(callable $deed, mixed $otherwise = null): mixed
    {
        try {
            return $deed();
        } catch (\Throwable $fault) {
            // Its message may hold what a shopper typed, and stays out of the log.
            $this->logger->error('Parrain: ' . get_class($fault) . ' in ' . basename($fault->getFile()) . ':' . $fault->getLine());
            return $otherwise;
        }
    }
}
