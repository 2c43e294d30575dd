<?php

namespace Parrain\Shared;

/** Small facts that outlive a request: the platform's options, configuration or cache. */
interface Memory
{
    /**
     * What was kept under a name, or null.
     *
     * @return mixed
     */
    public function get(string $name);

    /**
     * Keeps a fact; null forgets it.
     *
     * @param mixed $value of texts, numbers, booleans and arrays of them
     */
    public function set(string $name, $value): void;
}
