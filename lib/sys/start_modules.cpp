#include "sys/start_modules.hpp"

#include <dlfcn.h>
#include <link.h>
#include <sys/auxv.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace prun::sys {
namespace {

/// The names in a file: its own, and the libraries that it needs.
struct Names {
  std::string_view own;
  std::vector<std::string_view> needed;
};

Names names_of(const link_map& module) {
  Names names;
  std::uintptr_t strings = 0;
  for (const auto* entry = module.l_ld; entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_STRTAB) strings = entry->d_un.d_ptr;
  }
  if (strings == 0) return names;
  if (strings < module.l_addr) strings += module.l_addr;  // if the loader has not relocated it
  const auto* text = reinterpret_cast<const char*>(strings);
  for (const auto* entry = module.l_ld; entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_SONAME) names.own = text + entry->d_un.d_val;
    if (entry->d_tag == DT_NEEDED) names.needed.emplace_back(text + entry->d_un.d_val);
  }
  return names;
}

struct File {
  std::string_view path;
  Names names;
  bool reached = false;

  [[nodiscard]] bool is(std::string_view wanted) const {
    return names.own == wanted || path == wanted || path.substr(path.rfind('/') + 1) == wanted;
  }
};

std::vector<File> loaded_files() {
  std::vector<File> files;
  void* const program = ::dlopen(nullptr, RTLD_LAZY);
  if (program == nullptr) return files;
  link_map* first = nullptr;
  if (::dlinfo(program, RTLD_DI_LINKMAP, &first) == 0) {
    for (const link_map* at = first; at != nullptr; at = at->l_next) {
      if (at->l_ld != nullptr) files.push_back({at->l_name, names_of(*at)});
    }
  }
  ::dlclose(program);
  return files;
}

}  // namespace

bool belongs_to_program(const std::string& path) {
  if (path.empty()) return true;
  std::vector<File> files = loaded_files();
  if (files.empty()) return false;
  files.front().reached = true;
  std::vector<std::size_t> open{0};
  while (!open.empty()) {
    const std::vector<std::string_view> needed = files[open.back()].names.needed;
    open.pop_back();
    for (const std::string_view name : needed) {
      const auto file = std::ranges::find_if(files, [name](const File& f) { return f.is(name); });
      if (file == files.end() || file->reached) continue;
      if (file->path == path) return true;
      file->reached = true;
      open.push_back(static_cast<std::size_t>(file - files.begin()));
    }
  }
  return false;
}

bool started_by_loader() noexcept {
  if (::getauxval(AT_BASE) != 0) return false;
  bool wants_loader = false;
  ::dl_iterate_phdr(
      [](dl_phdr_info* program, std::size_t, void* data) {
        for (int i = 0; i < program->dlpi_phnum; ++i) {
          if (program->dlpi_phdr[i].p_type == PT_INTERP) *static_cast<bool*>(data) = true;
        }
        return 1;  // the program is the first
      },
      &wants_loader);
  return wants_loader;
}

}  // namespace prun::sys
