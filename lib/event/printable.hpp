// Foreign text made safe for one line of a terminal or a log: no control character, no terminal escape, no line break
// and no invalid UTF-8 gets through. Knows nothing of values or JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace prun {

/// Appends `text`; control characters become `\n`, `\t`, `\r`, `\x1b`, `\u009b`, so do those that reverse the direction
/// of writing; bytes that are not UTF-8 become U+FFFD. A backslash stays as it is: this is for eyes, not for reading
/// back.
void append_printable(std::string& out, std::string_view text);

[[nodiscard]] std::string printable(std::string_view text);

/// The same, done to what stands in `out` from `from` on.
void make_printable(std::string& out, std::size_t from);

/// A message of prun's for standard error: `prun: `, the text made printable, and a newline. A line break stays only before a
/// line that is indented, as the excerpt below a message is: no foreign text can begin a line. Every message goes through here.
[[nodiscard]] std::string message_line(std::string_view text);

/// The longest beginning of `text` of at most `max_bytes` that does not cut a UTF-8 character.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept;

/// Characters (code points) of `text`, as a width is counted.
[[nodiscard]] std::size_t count_characters(std::string_view text) noexcept;

}  // namespace prun
