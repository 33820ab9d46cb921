// See c_loader.hpp.
#include "native/c_loader.hpp"

#include "native/c_function.hpp"
#include "native/c_signature.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <utility>

namespace prun::native {

bool CLoader::takes(std::string_view name) const noexcept { return looks_like_c_signature(name); }

FunctionLoader::Loaded CLoader::load(std::string_view name) {
  const auto signature = parse_c_signature(name);
  if (!signature) return tl::unexpected(signature.error());
  return open(signature->library).and_then([&](const SharedLibrary& library) -> Loaded {
    void* address = library.symbol(signature->symbol);
    if (address == nullptr) {
      return tl::unexpected(fmt::format("{} exports no function '{}'", library.file(), signature->symbol));
    }
    if (SharedLibrary::is_variable(address)) {
      return tl::unexpected(fmt::format("'{}' of {} is a variable, not a function", signature->symbol, library.file()));
    }
    return make_c_function(std::string(name), *signature, address);
  });
}

FunctionLoader::LoadedAll CLoader::load_all(std::string_view target) {
  return load(target).map([](std::unique_ptr<Function> function) {
    std::vector<std::unique_ptr<Function>> all;
    all.push_back(std::move(function));
    return all;
  });
}

CLoader::Opened CLoader::open(const std::string& file) {
  if (const auto known = opened_.find(file); known != opened_.end()) return known->second;
  auto library = SharedLibrary::open(file);
  if (!library && file.find('/') == std::string::npos && ::access(file.c_str(), F_OK) == 0) {
    library.error() += fmt::format("; the file in the current folder is named ./{}", file);
  }
  opened_.emplace(file, library);
  return library;
}

}  // namespace prun::native
