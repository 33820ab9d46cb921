#include "input/commands/xargs_items.hpp"

#include <utility>

namespace prun {
namespace {

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
bool is_space(char c) noexcept { return is_blank(c) || (c >= '\n' && c <= '\r'); }

std::string unmatched(char quote) {
  return std::string("unmatched ") + (quote == '"' ? "double" : "single") +
         " quote; by default quotes are special to xargs unless you use the -0 option";
}

}  // namespace

std::optional<XargsItem> XargsItems::take() {
  if (ready_.empty()) return std::nullopt;
  XargsItem item = std::move(ready_.front());
  ready_.pop_front();
  return item;
}

void XargsItems::add(char c) {
  if (ended_) return;
  if (options_.delimiter) return add_delimited(c);
  switch (state_) {
    case State::between:
      if (is_space(c)) break;
      state_ = State::within;
      [[fallthrough]];
    case State::within: add_within(c); break;
    case State::quoted:
      if (c == '\n') return fail(unmatched(quote_));
      if (c == quote_) {
        state_ = State::within;
        has_item_ = true;
      } else {
        append(c);
      }
      break;
    case State::escaped:
      state_ = State::within;
      append(c);
      break;
  }
  previous_ = c;
}

void XargsItems::add_delimited(char c) {
  if (c != *options_.delimiter) return append(c);
  put(XargsItem::Kind::item, std::exchange(text_, {}));
  put(XargsItem::Kind::end_of_line);
}

void XargsItems::add_within(char c) {
  if (c == '\n') {
    if (text_.empty() && !has_item_) {
      state_ = State::between;
      return;
    }
    return end_item(true);
  }
  if (!options_.whole_lines && is_blank(c)) {
    has_item_ = true;
    end_item(false);
    state_ = State::between;
    return;
  }
  has_item_ = true;
  if (c == '\\') {
    state_ = State::escaped;
  } else if (c == '\'' || c == '"') {
    state_ = State::quoted;
    quote_ = c;
  } else {
    append(c);
  }
}

void XargsItems::append(char c) {
  if (c == '\0')
    return fail("the input has a NUL byte, which no argument can have; use -0 for items that end with NUL");
  if (text_.size() + 1 > options_.longest) return fail("argument line too long");
  text_ += c;
}

void XargsItems::end_item(bool ends_line) {
  if (options_.end_of_file && text_ == *options_.end_of_file) {
    ended_ = true;
    if (!first_in_line_) put(XargsItem::Kind::end_of_line);
    return put(XargsItem::Kind::end);
  }
  put(XargsItem::Kind::item, std::exchange(text_, {}));
  first_in_line_ = ends_line;
  if (!ends_line) return;
  if (!is_blank(previous_)) put(XargsItem::Kind::end_of_line);
  state_ = State::between;
  has_item_ = false;
}

void XargsItems::finish() {
  if (ended_) return;
  if (state_ == State::quoted) return fail(unmatched(quote_));
  ended_ = true;
  const bool is_end_of_file =
      options_.end_of_file && !options_.delimiter && first_in_line_ && text_ == *options_.end_of_file;
  if (!text_.empty() && !is_end_of_file) put(XargsItem::Kind::item, std::exchange(text_, {}));
  put(XargsItem::Kind::end);
}

void XargsItems::fail(std::string message) {
  ended_ = true;
  put(XargsItem::Kind::failure, std::move(message));
}

}  // namespace prun
