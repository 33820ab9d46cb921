// Parses parentheses, commas and names of a call. Rewrites each argument as JSON for the JSON parser.
#include "input/words/call_text.hpp"

#include "input/json/json_text.hpp"
#include "input/words/python_value.hpp"
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace prun {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
constexpr std::string_view name_rest = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

/// The length of a plain name at the start; 0 if there is none.
std::size_t name_length(std::string_view text) noexcept {
  if (text.empty() || letters.find(text.front()) == std::string_view::npos) return 0;
  return std::min(text.find_first_not_of(name_rest), text.size());
}

/// The length of a path with its ':' before a name, as in './dir/mine.so:collatz'; 0 if there is none.
std::size_t path_length(std::string_view text) noexcept {
  const std::size_t end = text.find_first_of(":()[]{}'\"");
  if (end >= text.size() || text[end] != ':') return 0;
  return text.substr(0, end).find('/') == std::string_view::npos ? 0 : end + 1;
}

/// For names joined by '.', ':' or '-', as functions of plugins and modules have.
std::size_t function_name_length(std::string_view text) noexcept {
  const std::size_t path = path_length(text);
  std::size_t length = path + name_length(text.substr(path));
  if (length == path) return 0;
  while (length < text.size() && std::string_view(".:-").find(text[length]) != std::string_view::npos) {
    const std::size_t more = std::min(text.find_first_not_of(name_rest, length + 1), text.size()) - (length + 1);
    if (more == 0) break;
    length += 1 + more;
  }
  return length;
}

class CallParser {
 public:
  explicit CallParser(std::string_view text) : text_(text) {}

  tl::expected<Call, TextError> parse() {
    skip_space();
    const std::size_t length = function_name_length(text_.substr(at_));
    call_.function = text_.substr(at_, length);
    at_ += length;
    skip_space();
    ++at_;  // the '(', which made it look like a call
    skip_space();
    call_.args_offset = std::min(at_, text_.size());
    if (!take(')') && !arguments()) return tl::unexpected(std::move(error_));
    skip_space();
    if (at_ < text_.size()) {
      fail("unexpected text after the call; write each call as a separate word");
      return tl::unexpected(std::move(error_));
    }
    finish();
    return std::move(call_);
  }

 private:
  bool arguments() {
    while (true) {
      if (!argument()) return false;
      skip_space();
      if (take(')')) return true;
      if (!take(',')) return fail("expected ',' or ')' after an argument");
      skip_space();
    }
  }

  bool argument() {
    const std::size_t start = at_;
    const std::string_view name = text_.substr(at_, name_length(text_.substr(at_)));
    at_ += name.size();
    skip_space();
    if (name.empty() || !take('=')) {
      at_ = start;
      if (!names_.empty()) return fail("an argument without a name cannot follow one with a name");
      ++positional_;
      return value(args_);
    }
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
      at_ = start;
      return fail(fmt::format("the argument '{}' is given twice", name));
    }
    names_.push_back(name);
    wire::ValueWriter(kwargs_).string(name);
    skip_space();
    return value(kwargs_);
  }

  bool value(std::string& out) {
    if (at_ == text_.size()) return fail("the call is not closed, expected a value or ')'");
    if (text_[at_] == ',' || text_[at_] == ')')
      return fail(fmt::format("unexpected '{}', expected a value", text_[at_]));
    const PythonValue rewritten = rewrite_python_value(text_.substr(at_));
    auto parsed = wire::parse_json(rewritten.json, out);
    if (!parsed) {
      const bool bare_word = letters.find(text_[at_]) != std::string_view::npos;
      at_ += rewritten.offset_of(parsed.error().offset);
      return fail(std::move(parsed.error().message) + (bare_word ? "; write strings in quotes" : ""));
    }
    if (parsed->big_integer && call_.defect.empty()) call_.defect = describe_big_integer(rewritten.json);
    at_ += rewritten.size;
    return true;
  }

  void finish() {
    wire::ValueWriter(call_.args).array(positional_);
    call_.args += args_;
    if (names_.empty()) return;
    wire::ValueWriter(call_.kwargs).map(static_cast<std::uint32_t>(names_.size()));
    call_.kwargs += kwargs_;
  }

  void skip_space() { at_ = std::min(text_.find_first_not_of(json_space, at_), text_.size()); }
  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool fail(std::string message) {
    error_ = {std::move(message), std::min(at_, text_.size())};
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Call call_;
  std::string args_;
  std::string kwargs_;
  std::uint32_t positional_ = 0;
  std::vector<std::string_view> names_;
  TextError error_;
};

}  // namespace

std::string_view called_name(std::string_view text) noexcept {
  text = without_space_around(text);
  return text.substr(0, function_name_length(text));
}

bool looks_like_call(std::string_view text) noexcept {
  text = without_space_around(text);
  const std::size_t length = function_name_length(text);
  if (length == 0) return false;
  const std::string_view behind = without_space_around(text.substr(length));
  return behind.starts_with('(');
}

tl::expected<Call, TextError> parse_call(std::string_view text) { return CallParser(text).parse(); }

}  // namespace prun
