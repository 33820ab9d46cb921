// See library_search.hpp.
#include "native/library_search.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

namespace prun::native {
namespace {

bool exists(const std::string& file) { return ::access(file.c_str(), F_OK) == 0; }

}  // namespace

LibrarySearch::LibrarySearch(std::string_view path) {
  while (!path.empty()) {
    const std::string_view folder = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(folder.size() + 1, path.size()));
    if (!folder.empty()) folders_.emplace_back(folder);
  }
}

std::string LibrarySearch::file_of(std::string_view name) const {
  if (name.find('/') != std::string_view::npos) return std::string(name);
  for (const std::string& folder : folders_) {
    std::string file = fmt::format("{}/{}", folder, name);
    if (exists(file)) return file;
  }
  std::string here = fmt::format("./{}", name);
  return exists(here) ? here : std::string(name);
}

std::string LibrarySearch::find_bare(std::string_view name) const {
  for (const std::string& folder : folders_) {
    std::string file = fmt::format("{}/{}.so", folder, name);
    if (exists(file)) return file;
  }
  return {};
}

std::string LibrarySearch::folders() const { return fmt::format("{}", fmt::join(folders_, " and ")); }

}  // namespace prun::native
