#include "sys/process_memory.hpp"

#include "sys/proc_text.hpp"
#include "sys/shared_memory.hpp"

#include <string_view>

namespace prun::sys {

std::uint64_t resident_memory(pid_t pid, const std::string& root) {
  const std::string folder = root + "/proc/" + std::to_string(pid);
  const std::string sizes = contents(folder + "/statm");
  std::string_view rest = sizes;
  take(rest, ' ');  // of the address space
  std::uint64_t bytes = number_in(take(rest, ' ')).value_or(0) * page_size();
  const std::string children = contents(folder + "/task/" + std::to_string(pid) + "/children");
  for (rest = children; !rest.empty();) {
    const auto child = number_in(take(rest, ' '));
    if (child) bytes += resident_memory(static_cast<pid_t>(*child), root);
  }
  return bytes;
}

}  // namespace prun::sys
