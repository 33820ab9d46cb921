// A recursive-descent parser of one line.
#include "native/c_signature.hpp"

#include "native/shared_library.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace prun::native {
namespace {

constexpr std::string_view space = " \t";
constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
constexpr std::string_view word_rest = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
constexpr std::string_view known_types =
    "known are bool, char, short, int, long, long long (also unsigned), int8_t to uint64_t, size_t, float, double, "
    "long "
    "double, char* and, as a result, void";

class SignatureParser {
 public:
  explicit SignatureParser(std::string_view text) : text_(text) {}

  tl::expected<CSignature, std::string> parse() {
    if (target() && parameters() && result()) return std::move(signature_);
    constexpr std::size_t most_shown = 200;
    return tl::unexpected(fmt::format("'{}{}', column {}: {}", text_.substr(0, most_shown),
                                      text_.size() > most_shown ? "..." : "", error_at_ + 1, error_));
  }

 private:
  bool target() {
    const std::size_t open = text_.find('(');
    const std::size_t colon = text_.substr(0, open).rfind(':');
    if (open == std::string_view::npos || colon == std::string_view::npos || text_.find_first_not_of(space) == colon) {
      return fail(0, "a C function is named LIBRARY:FUNCTION(TYPES)->TYPE");
    }
    skip_space();
    signature_.library = text_.substr(at_, colon - at_);
    at_ = colon + 1;
    skip_space();
    const std::size_t start = at_;
    signature_.symbol = word();
    if (signature_.symbol.empty()) return fail(start, "expected the function's name");
    return take('(') || fail(at_, "expected '(' and the parameters' types");
  }

  bool parameters() {
    if (take(')')) return true;
    do {
      CParameter parameter;
      const std::size_t start = (skip_space(), at_);
      if (text_.substr(at_).starts_with("...")) {
        return fail(at_, "a function with a variable number of arguments cannot be called");
      }
      if (!type(parameter.type)) return false;
      if (parameter.type == CType::nothing) {
        if (signature_.parameters.empty() && take(')')) return true;  // (void)
        return fail(start, "a parameter cannot be void");
      }
      if (!name(parameter)) return false;
      if (signature_.parameters.size() == most_parameters) {
        return fail(start, fmt::format("a C function may have at most {} parameters", most_parameters));
      }
      signature_.parameters.push_back(std::move(parameter));
    } while (take(','));
    if (!take(')')) return fail(at_, "expected ',' or ')' after a type");
    return name_the_unnamed();
  }

  bool result() {
    if (!take('-') || at_ == text_.size() || text_[at_] != '>') {
      return fail(at_, "expected '->' and the type of the result");
    }
    ++at_;
    if (!type(signature_.result)) return false;
    skip_space();
    if (at_ == text_.size()) return true;
    return fail(at_,
                "unexpected text after the result type; write arguments as separate words, or as a task's \"args\"");
  }

  /// Words such as `unsigned long`, and a `*` after char.
  bool type(CType& type) {
    skip_space();
    const std::size_t start = at_;
    std::vector<std::string_view> words;
    while (true) {
      const std::size_t before = at_;
      const std::string_view next = word();
      if (!is_type_word(next)) {
        at_ = before;
        break;
      }
      if (next != "const") words.push_back(next);
    }
    if (words.empty()) {
      const std::string_view unknown = word();
      return fail(start, unknown.empty() ? fmt::format("expected a type; {}", known_types)
                                         : fmt::format("'{}' is not a supported type; {}", unknown, known_types));
    }
    const auto known = c_type_named(words);
    if (!known) return fail(start, fmt::format("'{}' is not a type", fmt::join(words, " ")));
    type = *known;
    return pointer(start, type, words);
  }

  bool pointer(std::size_t start, CType& type, const std::vector<std::string_view>& words) {
    if (!take('*')) return true;
    const bool text = words.size() == 1 && words[0] == "char";
    if (!text) return fail(start, "char* (a string) is the only supported pointer type");
    type = CType::text;
    skip_space();
    const std::size_t before = at_;
    if (word() != "const") at_ = before;
    if (take('*')) return fail(start, "char* (a string) is the only supported pointer type");
    return true;
  }

  bool name(CParameter& parameter) {
    skip_space();
    const std::size_t start = at_;
    parameter.name = word();
    if (is_type_word(parameter.name)) return fail(start, fmt::format("unexpected '{}' after a type", parameter.name));
    const auto same = [&](const CParameter& other) { return other.name == parameter.name; };
    const auto& others = signature_.parameters;
    if (!parameter.name.empty() && std::any_of(others.begin(), others.end(), same)) {
      return fail(start, fmt::format("two parameters are named {}", parameter.name));
    }
    return true;
  }

  bool name_the_unnamed() {
    auto& all = signature_.parameters;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!all[i].name.empty()) continue;
      std::string made = all.size() == 1 ? std::string("arg") : fmt::format("arg{}", i + 1);
      while (std::any_of(all.begin(), all.end(), [&](const auto& other) { return other.name == made; })) made += '_';
      all[i].name = std::move(made);
    }
    return true;
  }

  /// A name or keyword, after optional spaces; empty if there is none.
  std::string_view word() {
    skip_space();
    if (at_ == text_.size() || letters.find(text_[at_]) == std::string_view::npos) return {};
    const std::size_t start = at_;
    at_ = std::min(text_.find_first_not_of(word_rest, at_), text_.size());
    return text_.substr(start, at_ - start);
  }

  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skip_space() { at_ = std::min(text_.find_first_not_of(space, at_), text_.size()); }

  bool fail(std::size_t at, std::string message) {
    error_ = std::move(message);
    error_at_ = std::min(at, text_.size());
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  CSignature signature_;
  std::string error_;
  std::size_t error_at_ = 0;
};

/// The '->' before them was forgotten; this selects the right error message.
bool begins_with_type(std::string_view parameters) noexcept {
  parameters.remove_prefix(std::min(parameters.find_first_not_of(space), parameters.size()));
  return is_type_word(parameters.substr(0, parameters.find_first_not_of(word_rest)));
}

}  // namespace

bool looks_like_c_signature(std::string_view text) noexcept {
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos || text.substr(0, open).find(':') == std::string_view::npos) return false;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), is_control)) return false;
  const std::string_view library = text.substr(0, text.substr(0, open).rfind(':'));
  if (names_shared_library(library) && begins_with_type(text.substr(open + 1))) return true;
  const std::size_t close = text.find(')', open);
  if (close == std::string_view::npos) return false;
  const std::size_t behind = text.find_first_not_of(space, close + 1);
  return behind != std::string_view::npos && text.substr(behind).starts_with("->");
}

tl::expected<CSignature, std::string> parse_c_signature(std::string_view text) { return SignatureParser(text).parse(); }

}  // namespace prun::native
