<?php

// Tells Parrain of orders and refunds, and signs who is signed in. PHP 7.4 or newer, with its curl extension.

/** Sends one event and hands back the answer; throws where nothing was recorded. */
function parrain_send(string $type, array $data): array
{
    $body = json_encode(['type' => $type, 'data' => $data], JSON_THROW_ON_ERROR);
    $id = 'msg_' . bin2hex(random_bytes(16));
    $now = (string) time();
    $key = base64_decode(substr(getenv('PARRAIN_EVENT_SECRET'), strlen('whsec_')), true);
    $signature = base64_encode(hash_hmac('sha256', "$id.$now.$body", $key, true));
    $curl = curl_init(getenv('PARRAIN_EDGE') . '/v1/shops/' . getenv('PARRAIN_SHOP') . '/events');
    curl_setopt_array($curl, [
        CURLOPT_POSTFIELDS => $body,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 10,
        CURLOPT_HTTPHEADER => ['Content-Type: application/json', "webhook-id: $id", "webhook-timestamp: $now",
            "webhook-signature: v1,$signature"],
    ]);
    $answer = curl_exec($curl);
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    if ($answer === false || $status !== 200) {
        // A 4xx is a mistake and names it; send it again later after a 429, a 5xx or no answer.
        throw new RuntimeException("Parrain answered $status: " . ($answer === false ? curl_error($curl) : $answer));
    }
    return json_decode($answer, true, 16, JSON_THROW_ON_ERROR);
}

/** The value of the tag's data-customer. */
function parrain_identity(string $id, string $email): string
{
    $url64 = static fn (string $bytes): string => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    $claims = ['sub' => $id, 'email' => $email, 'exp' => time() + 43200];
    $said = $url64('{"alg":"HS256","typ":"JWT"}') . '.' . $url64(json_encode($claims, JSON_THROW_ON_ERROR));
    return $said . '.' . $url64(hash_hmac('sha256', $said, getenv('PARRAIN_IDENTITY_KEY'), true));
}

// Tried out by: php parrain.php ORDER_ID CODE
if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    [, $order, $code] = $argv;
    $now = gmdate('Y-m-d\TH:i:s\Z');
    echo json_encode(parrain_send('order.paid', [
        'order_id' => $order, 'at' => $now,
        'customer' => ['id' => 'c-7', 'email' => 'bob@example.com', 'orders_count' => 1],
        'currency' => 'EUR', 'subtotal' => '80.00', 'discount' => '8.00', 'shipping' => '5.00', 'tax' => '14.40',
        'total' => '91.40', 'codes' => [$code],
    ])), "\n";
    echo json_encode(parrain_send('order.refunded', [
        'order_id' => $order, 'at' => $now, 'refund_id' => "r-$order", 'amount' => '36.00',
    ])), "\n";
    echo parrain_identity('c-7', 'bob@example.com'), "\n";
}
