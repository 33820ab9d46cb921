// The task of a call with inputs. It does not know where the inputs come from.
#pragma once

#include "input/commands/input_rows.hpp"
#include "task/task.hpp"

namespace prun {

/// Makes `task` a call of `function` with these strings.
void make_call(Task& task, const Function& function, const InputRow& inputs);

}  // namespace prun
