// Bytes of any kind as a task file and as lines of inputs: no crash, no endless loop, and the same tasks and errors however
// the bytes come in.
#include "function/registry.hpp"
#include "input/json/json_tasks.hpp"
#include "input/lines/line_inputs.hpp"
#include "wire/value.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace prun;

Registry& builtins() {
  static const auto registry = [] {
    auto made = std::make_unique<Registry>();
    add_builtin_functions(*made);
    return made;
  }();
  return *registry;
}

void require(bool condition) {
  if (!condition) std::abort();
}

/// Everything the source says, in one text.
std::string transcript(TaskSource& source, std::size_t most) {
  std::string text;
  Task task;
  for (std::size_t i = 0;; ++i) {
    require(i <= most);  // each entry takes a byte at least
    const Pull pull = source.next(task);
    if (pull == Pull::end) break;
    require(pull != Pull::blocked);
    if (pull == Pull::bad) {
      // Of the excerpt below it there may be more where more has been read.
      text += source.error().message.substr(0, source.error().message.find('\n'));
      continue;
    }
    require(task.function != nullptr && wire::is_value(task.args));
    text.append(task.function->name()).append(task.args).append(task.kwargs).append(task.id).append(task.defect);
  }
  require(source.next(task) == Pull::end);
  return text;
}

std::string tasks(std::string_view bytes, std::size_t piece) {
  JsonTaskSource source("fuzz", std::make_unique<MemoryBytes>(bytes, piece), builtins());
  return transcript(source, bytes.size() + 2);
}

std::string lines(std::string_view bytes, std::size_t piece, bool null_separated) {
  LineInputs source("fuzz", std::make_unique<MemoryBytes>(bytes, piece), Arguments(*builtins().find("identity"), false),
                    null_separated);
  return transcript(source, bytes.size() + 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 16 + 1u;
  const std::string bytes(data + 1, data + size);
  require(tasks(bytes, piece) == tasks(bytes, SIZE_MAX));
  const bool null_separated = data[0] >= 128;
  require(lines(bytes, piece, null_separated) == lines(bytes, SIZE_MAX, null_separated));
  return 0;
}
