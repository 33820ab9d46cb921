// Splits an input into items as xargs does (POSIX, "xargs", and GNU): at blanks and newlines, with quotes and backslashes, or at one
// delimiter. It takes one byte at a time and knows neither where they come from nor what becomes of the items.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace prun {

struct XargsItemOptions {
  std::optional<char> delimiter{};           ///< -0, -d: items end there, and nothing else is special
  std::optional<std::string> end_of_file{};  ///< -E: the input ends at this item
  bool whole_lines = false;                  ///< -I: blanks do not end an item
  std::size_t longest = SIZE_MAX;            ///< bytes of one item
};

struct XargsItem {
  enum class Kind : std::uint8_t { item, end_of_line, end, failure };
  Kind kind;
  std::string text;  ///< of a failure: what is wrong
};

class XargsItems {
 public:
  explicit XargsItems(XargsItemOptions options) : options_(std::move(options)) {}

  void add(char c);
  /// The input has ended.
  void finish();

  /// The next item that is complete; absent: more must be read.
  [[nodiscard]] std::optional<XargsItem> take();

 private:
  enum class State : std::uint8_t { between, within, quoted, escaped };

  void add_delimited(char c);
  void add_within(char c);
  void append(char c);
  void end_item(bool ends_line);
  void fail(std::string message);
  void put(XargsItem::Kind kind, std::string text = {}) { ready_.push_back({kind, std::move(text)}); }

  XargsItemOptions options_;
  State state_ = State::between;
  char quote_ = '\0';
  char previous_ = '\0';
  bool has_item_ = false;  ///< since the last newline that ended a line, also an empty one in quotes
  bool first_in_line_ = true;
  bool ended_ = false;
  std::string text_;
  std::deque<XargsItem> ready_;
};

}  // namespace prun
