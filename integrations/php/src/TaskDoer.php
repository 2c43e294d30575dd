<?php

namespace Parrain\Shared;

/** Does tasks by the platform's own means. Each may come again after it was done, and is then answered as before. */
interface TaskDoer
{
    /**
     * Does a task and answers the code of what was made or ended.
     *
     * @throws CannotDo where the shop never can, with the reason for its owner
     */
    public function perform(Task $task): string;
}
