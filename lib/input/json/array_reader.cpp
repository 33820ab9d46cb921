// Reads the separators between elements and finds the end of each element.
#include "input/json/array_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace prun {
namespace {

std::string shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7F ? fmt::format("'{}'", c) : fmt::format("byte 0x{:02X}", byte);
}

}  // namespace

EntryReader::Got ArrayReader::next(std::string_view& text) {
  while (true) {
    switch (advance(text)) {
      case Step::again: continue;
      case Step::entry: return Got::entry;
      case Step::bad: return Got::bad;
      case Step::end: return Got::end;
      case Step::more: break;
    }
    if (at_end_) return at_input_end();
    switch (buffer_->fill()) {
      case ByteSource::Got::bytes: break;
      case ByteSource::Got::end: at_end_ = true; break;
      case ByteSource::Got::blocked: return Got::blocked;
      case ByteSource::Got::failed: state_ = State::done; return Got::failed;
    }
  }
}

ArrayReader::Step ArrayReader::advance(std::string_view& text) {
  if (state_ == State::done) return Step::end;
  if (state_ == State::within_element) return element(text);
  const std::string_view unread = buffer_->unread();
  buffer_->consume(std::min(unread.find_first_not_of(" \t\r\n"), unread.size()));
  return buffer_->unread().empty() ? Step::more : between_elements(buffer_->unread().front());
}

ArrayReader::Step ArrayReader::between_elements(char c) {
  switch (state_) {
    case State::before_array: return take(State::first);
    case State::behind_array:
      return bad(fmt::format("unexpected {} after the end of the array", shown(c)), State::done);
    case State::behind_element:
      if (c == ',') return take(State::element);
      if (c == ']') return take(State::behind_array);
      return bad(fmt::format("unexpected {} after a task, expected ',' or ']'", shown(c)), State::element);
    default: break;
  }
  if (c == ']' && state_ == State::first) return take(State::behind_array);
  if (c == ']' || c == ',') {
    const Step step =
        bad(fmt::format("unexpected '{}', expected a task", c), c == ',' ? State::element : State::behind_array);
    buffer_->consume(1);
    return step;
  }
  scanner_.reset();
  state_ = State::within_element;
  return Step::again;
}

ArrayReader::Step ArrayReader::element(std::string_view& text) {
  switch (scanner_.scan(buffer_->unread(), at_end_)) {
    case ElementScanner::Found::more: return Step::more;
    case ElementScanner::Found::broken: {
      const Step step = bad(scanner_.error().message, State::done);
      fault_.at += scanner_.error().offset;
      return step;
    }
    case ElementScanner::Found::whole: break;
  }
  text = buffer_->unread().substr(0, scanner_.size());
  buffer_->consume(scanner_.size());
  state_ = State::behind_element;
  return Step::entry;
}

ArrayReader::Step ArrayReader::take(State next) {
  buffer_->consume(1);
  state_ = next;
  return Step::again;
}

ArrayReader::Step ArrayReader::bad(std::string message, State next) {
  fault_ = {std::move(message), buffer_->unread().data()};
  state_ = next;
  return Step::bad;
}

EntryReader::Got ArrayReader::at_input_end() {
  if (state_ == State::behind_array) return Got::end;
  const char* expected = state_ == State::behind_element ? "',' or ']'"
                         : state_ == State::first        ? "a task or ']'"
                                                         : "a task";
  bad(fmt::format("the input ends inside the array, expected {}", expected), State::done);
  return Got::bad;
}

}  // namespace prun
