// See path_part.hpp.
#include "command/path_part.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace prun::command {
namespace {

constexpr auto npos = std::string_view::npos;

std::string_view base_of(std::string_view path) noexcept {
  const auto slash = path.rfind('/');
  return slash == npos ? path : path.substr(slash + 1);
}

/// As dirname(1) has it: slashes at the end of the path, and before its last name, mean nothing.
std::string_view directory_of(std::string_view path) noexcept {
  const auto name_end = path.find_last_not_of('/');
  if (name_end == npos) return path.empty() ? "." : path.substr(0, 1);
  const auto slash = path.rfind('/', name_end);
  if (slash == npos) return ".";
  const auto end = path.find_last_not_of('/', slash);
  return path.substr(0, end == npos ? 1 : end + 1);
}

/// Where the last `count` extensions begin, with their dot; npos if the base name has fewer.
std::size_t extensions_at(std::string_view path, unsigned count) noexcept {
  const std::size_t base_at = path.size() - base_of(path).size();
  std::size_t dot = path.size();
  for (; count > 0; --count) {
    if (dot == base_at) return npos;
    dot = path.rfind('.', dot - 1);
    if (dot == npos || dot < base_at) return npos;
  }
  return dot;
}

std::string_view without_extensions(std::string_view path, unsigned count) noexcept {
  return path.substr(0, extensions_at(path, count));
}

std::string_view extensions_of(std::string_view path, unsigned count) noexcept {
  const std::size_t dot = extensions_at(path, count);
  return dot == npos ? std::string_view() : path.substr(dot + 1);
}

constexpr std::array<std::pair<std::string_view, PathPart>, 13> parts{
    {{"", PathPart::whole},
     {".", PathPart::without_extension},
     {"..", PathPart::without_two_extensions},
     {"...", PathPart::without_three_extensions},
     {"/", PathPart::base},
     {"//", PathPart::directory},
     {"/.", PathPart::base_without_extension},
     {"/..", PathPart::base_without_two_extensions},
     {"/...", PathPart::base_without_three_extensions},
     {"+/", PathPart::before_base},
     {"+.", PathPart::extension},
     {"+..", PathPart::two_extensions},
     {"+...", PathPart::three_extensions}}};

}  // namespace

std::string_view part_of(std::string_view path, PathPart part) noexcept {
  switch (part) {
    case PathPart::whole: break;
    case PathPart::without_extension: return without_extensions(path, 1);
    case PathPart::without_two_extensions: return without_extensions(path, 2);
    case PathPart::without_three_extensions: return without_extensions(path, 3);
    case PathPart::base: return base_of(path);
    case PathPart::directory: return directory_of(path);
    case PathPart::base_without_extension: return without_extensions(base_of(path), 1);
    case PathPart::base_without_two_extensions: return without_extensions(base_of(path), 2);
    case PathPart::base_without_three_extensions: return without_extensions(base_of(path), 3);
    case PathPart::before_base: {
      const auto slash = path.rfind('/');
      return slash == npos ? std::string_view() : path.substr(0, slash);
    }
    case PathPart::extension: return extensions_of(path, 1);
    case PathPart::two_extensions: return extensions_of(path, 2);
    case PathPart::three_extensions: return extensions_of(path, 3);
  }
  return path;
}

std::optional<PathPart> part_named(std::string_view text) noexcept {
  const auto* found = std::find_if(parts.begin(), parts.end(), [text](const auto& part) { return part.first == text; });
  if (found == parts.end()) return std::nullopt;
  return found->second;
}

}  // namespace prun::command
