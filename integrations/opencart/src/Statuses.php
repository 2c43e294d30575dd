<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Database;

/**
 * What the statuses of an order and of a return mean.
 *
 * OpenCart has no word for paid: its processing statuses hold Pending too. Its owner says which statuses mean it; where they
 * did not, those do by which OpenCart takes goods off the stock, but for the one that a new order has.
 */
final class Statuses
{
    /** Canceled, Denied, Failed, Refunded, Reversed, Chargeback, Expired, Voided, as OpenCart is installed. */
    private const CANCELLED = [7, 8, 10, 11, 12, 13, 14, 16];

    /** What a return led to, as OpenCart is installed: Credit Issued, and Refunded as 4.1 has it and as others do. */
    private const CREDITED = 2;
    private const REFUNDED = 4;
    private const REFUNDED_BEFORE = 1;

    /** The statuses of a return that is over, as OpenCart is installed: Complete. */
    private const RETURNED = [3];

    /** The payment extensions by which an order is placed and paid later; what they make of a new order is no payment. */
    private const PAID_LATER = ['cod', 'bank_transfer', 'cheque'];

    /** @var Database */
    private $database;

    /** @var Options */
    private $options;

    /** @var Settings */
    private $settings;

    public function __construct(Database $database, Options $options, Settings $settings)
    {
        $this->database = $database;
        $this->options = $options;
        $this->settings = $settings;
    }

    /** @return int[] In which an order is paid. */
    public function paid(): array
    {
        $without = array_merge(self::CANCELLED, [(int) $this->settings->text('config_order_status_id')]);
        $processing = array_diff($this->settings->ids('config_processing_status'), $without);
        return $this->chosen('paid_statuses', array_merge($this->settings->ids('config_complete_status'), $processing));
    }

    /** @return int[] In which an order no longer counts. */
    public function cancelled(): array
    {
        return $this->chosen('cancelled_statuses', array_diff(self::CANCELLED, $this->paid()));
    }

    /** @return int[] Actions by which a return gave money back. */
    public function refunded(): array
    {
        // In 4.1 the id that was Refunded is that of what nobody has decided on yet.
        $rows = $this->database->rows('SELECT 1 FROM ' . DB_PREFIX . 'return_action WHERE return_action_id = ? LIMIT 1', [self::REFUNDED]);
        return $this->chosen('refund_actions', [self::CREDITED, $rows === [] ? self::REFUNDED_BEFORE : self::REFUNDED]);
    }

    /** @return int[] In which a return is over. */
    public function returned(): array
    {
        return $this->chosen('return_statuses', self::RETURNED);
    }

    /**
     * Whether an order is paid in a status.
     *
     * @param string $payment the code of its payment extension
     */
    public function isPaid(int $status, string $payment): bool
    {
        $isPlaced = in_array($payment, self::PAID_LATER, true)
            && $status === (int) $this->settings->text('payment_' . $payment . '_order_status_id');
        return !$isPlaced && in_array($status, $this->paid(), true);
    }

    /** The code of an order's payment extension: 3.0 keeps it by itself, 4 in what it says of the method. */
    public static function payment(array $order): string
    {
        if (isset($order['payment_code'])) {
            return (string) $order['payment_code'];
        }
        $method = json_decode(isset($order['payment_method']) ? (string) $order['payment_method'] : '', true);
        $code = is_array($method) && isset($method['code']) && is_string($method['code']) ? $method['code'] : '';
        return explode('.', $code)[0];
    }

    /**
     * @param int[] $otherwise
     * @return int[]
     */
    private function chosen(string $name, array $otherwise): array
    {
        $chosen = $this->options->get($name);
        return array_values(array_unique(array_map('intval', is_array($chosen) ? $chosen : $otherwise)));
    }
}
