// The task of a call with inputs. It does not know where the inputs come from.
#pragma once

#include "input/commands/input_rows.hpp"
#include "task/task.hpp"

#include <cstdint>
#include <string_view>

namespace prun {

/// Makes `task` a call of `function` with these strings.
void make_call(Task& task, const Function& function, const InputRow& inputs);

/// Makes `task` a call without inputs that reads the header and the bytes from its standard input.
void make_block_call(Task& task, const Function& function, std::string_view header, std::string_view bytes);

/// The same with bytes of the file that prun has as its standard input.
void make_range_call(Task& task, const Function& function, std::string_view header, std::uint64_t offset,
                     std::uint64_t size);

}  // namespace prun
