// See call_task.hpp.
#include "input/commands/call_task.hpp"

#include "wire/value.hpp"

namespace prun {

void make_call(Task& task, const Function& function, const InputRow& inputs) {
  task.start(function);
  wire::ValueWriter writer(task.args);
  writer.array(static_cast<std::uint32_t>(inputs.size()));
  for (const std::string& input : inputs) writer.string(input);
}

void make_block_call(Task& task, const Function& function, std::string_view header, std::string_view bytes) {
  task.start(function);
  wire::ValueWriter(task.args).array(0);
  wire::ValueWriter keywords(task.kwargs);
  keywords.map(1);
  keywords.string("stdin");
  keywords.string(header.empty() ? bytes : std::string(header).append(bytes));
}

void make_range_call(Task& task, const Function& function, std::string_view header, std::uint64_t offset,
                     std::uint64_t size) {
  task.start(function);
  wire::ValueWriter(task.args).array(0);
  wire::ValueWriter keywords(task.kwargs);
  keywords.map(header.empty() ? 1 : 2);
  if (!header.empty()) {
    keywords.string("stdin");
    keywords.string(header);
  }
  keywords.string("range");
  keywords.array(2);
  keywords.unsigned_integer(offset);
  keywords.unsigned_integer(size);
}

}  // namespace prun
