#include "sys/symbol.hpp"

#include "sys/fd.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace prun::sys {
namespace {

/// A file that is mapped for reading; empty on failure.
class MappedFile {
 public:
  explicit MappedFile(const char* path) {
    const Fd file(::open(path, O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || status.st_size <= 0) return;
    void* place = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (place != MAP_FAILED) bytes_ = {static_cast<const char*>(place), static_cast<std::size_t>(status.st_size)};
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  }
  /// Returns false if the file is shorter.
  template <class T>
  bool read(std::uint64_t at, T& value) const {
    if (at > bytes_.size() || bytes_.size() - at < sizeof value) return false;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return true;
  }
  [[nodiscard]] std::string text(std::uint64_t at) const {
    if (at >= bytes_.size()) return {};
    const std::string_view rest = bytes_.substr(at);
    return std::string(rest.substr(0, rest.find('\0')));
  }

 private:
  std::string_view bytes_;
};

// Symbols that are not exported are only in the file's own table, which is not loaded.
void look_into_file(const char* path, std::uintptr_t address, Symbol& found) {
  const MappedFile file(path);
  ElfW(Ehdr) head{};
  if (!file.read(0, head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) return;
  for (unsigned i = 0; i < head.e_shnum; ++i) {
    ElfW(Shdr) table{};
    ElfW(Shdr) names{};
    if (!file.read(head.e_shoff + std::uint64_t{i} * sizeof table, table)) return;
    if (table.sh_type != SHT_SYMTAB || !file.read(head.e_shoff + std::uint64_t{table.sh_link} * sizeof names, names)) {
      continue;
    }
    ElfW(Sym) symbol{};
    for (std::uint64_t at = 0; at < table.sh_size && file.read(table.sh_offset + at, symbol); at += sizeof symbol) {
      const bool function = (symbol.st_info & 0xf) == STT_FUNC;
      if (!function || address < symbol.st_value || address - symbol.st_value >= symbol.st_size) continue;
      found.mangled = file.text(names.sh_offset + symbol.st_name);
      found.offset = address - symbol.st_value;
      return;
    }
  }
}

std::string without_folder(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

// "int f<int>(std::vector<int>) const": everything before the parenthesis of the parameters.
std::string without_parameters(std::string name) {
  const std::size_t end = name.rfind(')');
  if (end == std::string::npos) return name;
  int depth = 0;
  for (std::size_t at = end + 1; at-- > 0;) {
    if (name[at] == ')') ++depth;
    if (name[at] == '(' && --depth == 0) return at == 0 ? name : name.substr(0, at);
  }
  return name;
}

}  // namespace

Symbol symbol_at(std::uintptr_t address) {
  Symbol found;
  Dl_info info{};
  void* extra = nullptr;
  if (::dladdr1(reinterpret_cast<void*>(address), &info, &extra, RTLD_DL_LINKMAP) == 0 || extra == nullptr)
    return found;
  const auto* module = static_cast<const link_map*>(extra);
  const bool is_program = module->l_name[0] == '\0';
  found.module = is_program ? program_invocation_short_name : without_folder(module->l_name);
  found.offset = address - module->l_addr;
  if (info.dli_sname != nullptr) {
    found.mangled = info.dli_sname;
    found.offset = address - reinterpret_cast<std::uintptr_t>(info.dli_saddr);
  } else {
    look_into_file(is_program ? "/proc/self/exe" : module->l_name, found.offset, found);
  }
  return found;
}

std::string to_text(const Symbol& symbol) {
  if (symbol.module.empty()) return {};
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> readable(
      abi::__cxa_demangle(symbol.mangled.c_str(), nullptr, nullptr, &status), std::free);
  std::string text = status == 0 && readable ? without_parameters(readable.get()) : symbol.mangled;
  char offset[2 + 2 * sizeof symbol.offset + 2];
  std::snprintf(offset, sizeof offset, "+0x%zx", symbol.offset);
  return text + offset + " (" + symbol.module + ")";
}

}  // namespace prun::sys
