// dlopen and dlsym, with their errors in one form.
#include "native/shared_library.hpp"

#include <fmt/format.h>

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <exception>

namespace prun::native {
namespace {

/// dlerror() without the file name at its start, which the message already contains.
std::string reason(const std::string& file) {
  const char* text = ::dlerror();
  std::string_view words = text == nullptr ? "unknown error" : text;
  if (words.starts_with(file + ": ")) words.remove_prefix(file.size() + 2);
  return std::string(words);
}

/// dlopen is declared not to throw, but the static initializers that it runs may throw. The volatile pointer hides the
/// declaration from the compiler.
void* load(const std::string& file) {
  void* (*volatile open)(const char*, int) = &::dlopen;
  return open(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

tl::unexpected<std::string> thrown_by(const std::string& file, std::string_view what) {
  return tl::unexpected(fmt::format("{} cannot be loaded: the initializer of a global variable threw {}", file, what));
}

}  // namespace

bool names_shared_library(std::string_view file) noexcept {
  while (true) {  // strip .6 from .so.6, .1.2 from .so.1.2
    if (file.ends_with(".so")) return file.size() > 3 && !file.ends_with("/.so");
    const std::size_t dot = file.rfind('.');
    if (dot == std::string_view::npos || dot + 1 == file.size()) return false;
    if (file.find_first_not_of("0123456789", dot + 1) != std::string_view::npos) return false;
    file = file.substr(0, dot);
  }
}

tl::expected<SharedLibrary, std::string> SharedLibrary::open(const std::string& file) {
  try {
    void* handle = load(file);
    if (handle == nullptr) return tl::unexpected(fmt::format("{} cannot be loaded: {}", file, reason(file)));
    return SharedLibrary(file, handle);
  } catch (const std::exception& e) {
    return thrown_by(file, e.what());
  } catch (...) {
    return thrown_by(file, "an exception");
  }
}

void* SharedLibrary::symbol(const std::string& name) const noexcept { return ::dlsym(handle_, name.c_str()); }

bool SharedLibrary::is_variable(const void* symbol) noexcept {
  Dl_info info{};
  void* entry = nullptr;
  if (::dladdr1(symbol, &info, &entry, RTLD_DL_SYMENT) == 0 || entry == nullptr || info.dli_saddr != symbol)
    return false;
  const unsigned type = static_cast<const ElfW(Sym)*>(entry)->st_info & 0xfU;
  return type == STT_OBJECT || type == STT_TLS;
}

}  // namespace prun::native
