// What a placeholder shows of an input: a part of its path, the rest after a pattern is removed, or its text after a replacement.
// It knows neither the braces around it nor which input it is.
#pragma once

#include "command/path_part.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace re2 {
class RE2;
}

namespace prun::command {

class InputView {
 public:
  /// @param text what stands behind the position in the braces: "", "/.", "%.gz", "#lib", "/regex/text"
  /// @return no view if the text has none of these forms; a message if it has one, but cannot be understood
  [[nodiscard]] static tl::expected<std::optional<InputView>, std::string> parse(std::string_view text);

  InputView() = default;
  /// A part of a path, which no shell and no sed script writes in braces.
  [[nodiscard]] bool is_path_part() const noexcept { return std::holds_alternative<PathPart>(way_); }

  /// A view of `input`, or of `scratch`.
  [[nodiscard]] std::string_view of(std::string_view input, std::string& scratch) const;

 private:
  /// `{#pattern}`, `{%pattern}`, as ${x#pattern} of a shell removes it.
  struct Removal {
    std::string pattern;
    bool suffix = false;
    bool longest = false;
    bool literal = false;  ///< the pattern has no special characters
  };
  /// `{/regex/text}`, or `{//regex/text}` for every match.
  struct Replacement {
    std::shared_ptr<const re2::RE2> regex;
    std::string text;
    bool every = false;
  };
  using Way = std::variant<PathPart, Removal, Replacement>;

  [[nodiscard]] static std::optional<Removal> parse_removal(std::string_view text);
  [[nodiscard]] static tl::expected<std::optional<InputView>, std::string> parse_replacement(std::string_view text);
  [[nodiscard]] static std::string_view without(std::string_view input, const Removal& removal, std::string& scratch);

  Way way_ = PathPart::whole;
};

}  // namespace prun::command
