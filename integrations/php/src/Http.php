<?php

namespace Parrain\Shared;

/** How a module reaches the edge: the platform's own client, so that its proxies and certificates hold, or cURL. */
interface Http
{
    /**
     * Sends a request and answers what came back.
     *
     * @param string $method GET, POST or DELETE
     * @param array<string, string> $headers
     * @param int $seconds how long it may take
     * @throws Problem with status 0 where nothing came back
     */
    public function send(string $method, string $url, array $headers, string $body, int $seconds): Answer;
}
