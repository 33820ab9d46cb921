#include "sys/build_id.hpp"

#include "sys/hexadecimal.hpp"

#include <elf.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace prun::sys {
namespace {

constexpr std::size_t aligned(std::size_t size) noexcept { return (size + 3) / 4 * 4; }

/// The description of the note that the linker has written into a segment of notes; empty: there is none.
std::string_view id_in(std::string_view notes) {
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) header;
    std::memcpy(&header, notes.data(), sizeof header);
    const std::size_t name_at = sizeof header;
    const std::size_t text_at = name_at + aligned(header.n_namesz);
    const std::size_t end = text_at + aligned(header.n_descsz);
    if (end > notes.size()) return {};
    if (header.n_type == NT_GNU_BUILD_ID && notes.substr(name_at, header.n_namesz) == std::string_view("GNU\0", 4))
      return notes.substr(text_at, header.n_descsz);
    notes.remove_prefix(end);
  }
  return {};
}

/// The first module that the loader names is the program.
int look_at_program(dl_phdr_info* module, std::size_t, void* result) {
  for (int i = 0; i < module->dlpi_phnum; ++i) {
    const auto& segment = module->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader gives addresses as numbers
    const auto* const notes = reinterpret_cast<const char*>(module->dlpi_addr + segment.p_vaddr);
    const std::string_view id = id_in({notes, segment.p_memsz});
    if (!id.empty()) *static_cast<std::string*>(result) = hexadecimal(id);
  }
  return 1;
}

std::string size_and_time() {
  struct stat status {};
  if (::stat("/proc/self/exe", &status) != 0) return "unknown";
  return std::to_string(status.st_size) + "-" + std::to_string(status.st_mtim.tv_sec);
}

}  // namespace

std::string build_id() {
  std::string id;
  ::dl_iterate_phdr(&look_at_program, &id);
  return id.empty() ? size_and_time() : id;
}

std::string own_path() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : "prun";
}

}  // namespace prun::sys
