// See call_task.hpp.
#include "input/commands/call_task.hpp"

#include "wire/value.hpp"

namespace prun {

void make_call(Task& task, const Function& function, const InputRow& inputs) {
  task.function = &function;
  task.kwargs.clear();
  task.id.clear();
  task.defect.clear();
  task.args.clear();
  wire::ValueWriter writer(task.args);
  writer.array(static_cast<std::uint32_t>(inputs.size()));
  for (const std::string& input : inputs) writer.string(input);
}

}  // namespace prun
