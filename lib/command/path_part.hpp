// The parts of a path that a placeholder can show. It works on the text alone and looks at no file.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace prun::command {

/// An extension begins with a dot of the base name. A part of two or three extensions exists only if the base name has as
/// many dots; otherwise nothing is removed, and `two_extensions` is empty.
enum class PathPart : std::uint8_t {
  whole,                        ///< {}
  without_extension,            ///< {.}
  without_two_extensions,       ///< {..}
  without_three_extensions,     ///< {...}
  base,                         ///< {/}
  directory,                    ///< {//}: "." if the path has no slash
  base_without_extension,       ///< {/.}
  base_without_two_extensions,  ///< {/..}
  base_without_three_extensions,
  before_base,  ///< {+/}: all before the last slash, so that {+/}/{/} is the path
  extension,    ///< {+.}: without its dot, so that {.}.{+.} is the path
  two_extensions,
  three_extensions,
};

[[nodiscard]] std::string_view part_of(std::string_view path, PathPart part) noexcept;

/// The part that `{text}` shows: "" is the whole path, "/." the base name without its extension.
[[nodiscard]] std::optional<PathPart> part_named(std::string_view text) noexcept;

}  // namespace prun::command
