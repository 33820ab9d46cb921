// Copies a value byte by byte and records the original position of each, so that errors refer to what the user wrote.
#include "input/words/python_value.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace prun {
namespace {

constexpr std::string_view word_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789+-.";

constexpr std::string_view ends_value = ",) \t\r\n";

class Rewriter {
 public:
  explicit Rewriter(std::string_view text) : text_(text) {}

  PythonValue rewrite() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (depth == 0 && ends_value.find(c) != std::string_view::npos) break;
      if (c == '"' || c == '\'') {
        string(c);
        continue;
      }
      if (word_characters.find(c) != std::string_view::npos) {
        word();
        continue;
      }
      if (c == '[' || c == '{') ++depth;
      if ((c == ']' || c == '}') && --depth < 0) depth = 0;
      copy();
    }
    value_.size = at_;
    return std::move(value_);
  }

 private:
  void put(std::string_view json) {
    value_.json += json;
    value_.offsets.insert(value_.offsets.end(), json.size(), at_);
  }
  void copy() {
    put(text_.substr(at_, 1));
    ++at_;
  }

  void string(char quote) {
    put("\"");
    ++at_;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        escape();
      } else if (text_[at_] == '"') {
        put("\\\"");
        ++at_;
      } else {
        copy();
      }
    }
    if (at_ == text_.size()) return;  // the JSON parser reports the missing quote
    put("\"");
    ++at_;
  }

  void escape() {
    if (text_[at_ + 1] == '\'') {
      put("'");
      at_ += 2;
      return;
    }
    copy();
    copy();
  }

  void word() {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> python = {
        {{"True", "true"}, {"False", "false"}, {"None", "null"}}};
    const std::size_t end = std::min(text_.find_first_not_of(word_characters, at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    const auto* known =
        std::find_if(python.begin(), python.end(), [&](const auto& pair) { return pair.first == word; });
    if (known != python.end()) {
      put(known->second);
      at_ = end;
      return;
    }
    while (at_ < end) copy();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  PythonValue value_;
};

}  // namespace

PythonValue rewrite_python_value(std::string_view text) { return Rewriter(text).rewrite(); }

}  // namespace prun
