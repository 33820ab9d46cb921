#include "command/command_words.hpp"

#include "command/script_place.hpp"

#include <algorithm>

namespace prun::command {
namespace {

constexpr std::string_view blanks = " \t\n";

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  tl::expected<std::vector<std::string>, WordsError> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (blanks.find(c) != std::string_view::npos) {
        end_word();
        ++at_;
      } else if (c == '\'' || c == '"') {
        in_word_ = true;
        if (!quoted(c)) return tl::unexpected(WordsError{std::string("the quote ") + c + " is not closed", opened_});
      } else if (c == '\\') {
        in_word_ = true;
        if (at_ + 1 == text_.size())
          return tl::unexpected(WordsError{"a backslash at the end has nothing to quote", at_});
        if (text_[at_ + 1] != '\n') word_ += text_[at_ + 1];
        at_ += 2;
      } else {
        in_word_ = true;
        word_ += text_[at_++];
      }
    }
    end_word();
    return std::move(words_);
  }

 private:
  bool quoted(char quote) {
    opened_ = at_++;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      const bool keeps = quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size();
      if (keeps && std::string_view("\"\\$`\n").find(text_[at_ + 1]) != std::string_view::npos) {
        ++at_;
        if (text_[at_] == '\n') continue;
      }
      word_ += text_[at_];
    }
    return at_++ < text_.size();
  }

  void end_word() {
    if (in_word_) words_.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t opened_ = 0;
  bool in_word_ = false;
  std::string word_;
  std::vector<std::string> words_;
};

bool needs_quotes(std::string_view word) {
  return word.empty() || std::any_of(word.begin(), word.end(), [](char c) {
           const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                              std::string_view("_-./:,+@%=").find(c) != std::string_view::npos;
           return !plain;
         });
}

}  // namespace

tl::expected<std::vector<std::string>, WordsError> split_words(std::string_view text) { return Splitter(text).run(); }

void append_quoted(std::string& out, std::string_view word) {
  if (!needs_quotes(word)) {
    out += word;
    return;
  }
  append_single_quoted(out, word);
}

std::string joined_by_spaces(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (&word != words.data()) text += ' ';
    text += word;
  }
  return text;
}

std::string join_words(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    append_quoted(line, word);
  }
  return line;
}

}  // namespace prun::command
