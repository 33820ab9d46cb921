// The rare forms of values, and the check of a whole value. Frequently used code is inline in value.hpp.
#include "wire/value.hpp"

#include "wire/value_head.hpp"
#include "wire/value_scan.hpp"

#include <fmt/format.h>

#include <bit>

namespace prun::wire {
namespace {

using detail::Head;
using detail::HeadFault;

[[noreturn]] void throw_fault(const Head& head, std::size_t left) {
  if (head.fault == HeadFault::foreign_tag) {
    throw DecodeError(fmt::format("byte 0x{:02x} begins no value that prun uses", head.number));
  }
  if (left == 0) throw DecodeError("expected a value, found the end of the bytes");
  throw DecodeError(fmt::format("{} is cut short: only {} bytes are left", name_of(head.kind), left));
}

Head sound_head(std::string_view bytes) {
  const Head head = detail::read_head(bytes);
  if (head.fault != HeadFault::none) throw_fault(head, bytes.size());
  return head;
}

Head head_of(Kind kind, std::string_view bytes) {
  const Head head = sound_head(bytes);
  if (head.kind != kind) throw DecodeError(fmt::format("expected {}, found {}", name_of(kind), name_of(head.kind)));
  return head;
}

/// The length of the number of fixed size at the start of `bytes`, from its tag alone. 0: not such a number, or incomplete.
std::size_t number_length(std::string_view bytes) noexcept {
  if (bytes.empty()) return 0;
  const auto tag = static_cast<unsigned char>(bytes.front());
  if (tag < 0xcb || tag > 0xd3) return 0;
  const std::size_t length = tag == 0xcb ? 9 : 1 + (std::size_t{1} << (tag & 3U));
  return length <= bytes.size() ? length : 0;
}

[[noreturn]] void throw_scan_fault(const detail::ScanResult& found, std::string_view bytes) {
  const std::size_t at = found.length;
  switch (found.fault) {
    case detail::ScanFault::too_deep: throw DecodeError(fmt::format("nested deeper than {} levels", max_depth));
    case detail::ScanFault::key_not_string:
      throw DecodeError(fmt::format("a map's key must be a string, found {} at byte {}", name_of(found.kind), at));
    case detail::ScanFault::foreign_tag: throw_fault({HeadFault::foreign_tag, found.kind, 0, found.number}, 0);
    case detail::ScanFault::cut_short:
    case detail::ScanFault::none: break;
  }
  throw_fault({HeadFault::cut_short, found.kind, 0, 0}, bytes.size() - at);
}

}  // namespace

const char* name_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "a boolean";
    case Kind::integer: return "an integer";
    case Kind::unsigned_integer: return "an integer above 2^63 - 1";
    case Kind::floating: return "a float";
    case Kind::string: return "a string";
    case Kind::array: return "an array";
    case Kind::map: return "a map";
    case Kind::decimal: return "a number of more than 64 bits";
    case Kind::binary: return "bytes";
  }
  return "an unknown kind";
}

/// The three tags from `tag8` on have a size of 8, 16 and 32 bits.
void ValueWriter::sized(unsigned tag8, std::size_t size, const char* what) {
  if (size > UINT32_MAX) {
    throw std::length_error(fmt::format("{} of {} bytes is longer than a value can hold (4 GiB)", what, size));
  }
  if (size <= UINT8_MAX) return tagged(tag8, size, 1);
  if (size <= UINT16_MAX) return tagged(tag8 + 1, size, 2);
  tagged(tag8 + 2, size, 4);
}

void ValueWriter::long_string(std::string_view v) {
  sized(0xd9, v.size(), "a string");
  out_->append(v);
}

void ValueWriter::decimal(std::string_view json_number) {
  sized(0xc7, json_number.size(), "a number");
  byte(detail::decimal_extension);
  out_->append(json_number);
}

void ValueWriter::binary(std::string_view v) {
  sized(0xc4, v.size(), "a sequence of bytes");
  out_->append(v);
}

void ValueWriter::long_container(unsigned tag16, std::uint32_t size) {
  if (size <= UINT16_MAX) return tagged(tag16, size, 2);
  tagged(tag16 + 1, size, 4);
}

Kind ValueReader::long_peek() const {
  constexpr unsigned any_above_int64 = 0xcf;
  constexpr unsigned float64 = 0xcb;
  if (number_length(rest_) != 0 && tag() != any_above_int64) return tag() == float64 ? Kind::floating : Kind::integer;
  return sound_head(rest_).kind;
}

void ValueReader::null() { rest_.remove_prefix(head_of(Kind::null, rest_).length); }

bool ValueReader::boolean() {
  const Head head = head_of(Kind::boolean, rest_);
  rest_.remove_prefix(head.length);
  return head.number != 0;
}

std::int64_t ValueReader::long_integer() {
  const Head head = head_of(Kind::integer, rest_);
  rest_.remove_prefix(head.length);
  return static_cast<std::int64_t>(head.number);
}

std::uint64_t ValueReader::unsigned_integer() {
  const Head head = sound_head(rest_);
  if (head.kind != Kind::unsigned_integer) {
    const Head positive = head_of(Kind::integer, rest_);
    const auto v = static_cast<std::int64_t>(positive.number);
    if (v < 0) throw DecodeError(fmt::format("expected an integer of 0 or more, found {}", v));
  }
  rest_.remove_prefix(head.length);
  return head.number;
}

double ValueReader::floating() {
  const Head head = head_of(Kind::floating, rest_);
  rest_.remove_prefix(head.length);
  return std::bit_cast<double>(head.number);
}

std::string_view ValueReader::long_string() { return bytes_of(Kind::string); }
std::string_view ValueReader::decimal() { return bytes_of(Kind::decimal); }
std::string_view ValueReader::binary() { return bytes_of(Kind::binary); }

std::string_view ValueReader::bytes_of(Kind kind) {
  const Head head = head_of(kind, rest_);
  const std::size_t left = rest_.size() - head.length;
  if (head.number > left) {
    throw DecodeError(fmt::format("{} of {} bytes is cut short: only {} are left", name_of(kind), head.number, left));
  }
  const auto v = rest_.substr(head.length, head.number);
  rest_.remove_prefix(head.length + v.size());
  return v;
}

std::uint32_t ValueReader::long_container(Kind kind) {
  const Head head = head_of(kind, rest_);
  return checked_size(kind, static_cast<std::uint32_t>(head.number), head.length);
}

std::uint32_t ValueReader::checked_size(Kind kind, std::uint32_t size, std::size_t header) {
  const std::size_t left = rest_.size() - header;
  const std::uint64_t least = kind == Kind::map ? 2 * std::uint64_t{size} : size;
  if (least > left) {
    throw DecodeError(fmt::format("{} of {} elements is cut short: only {} bytes are left", name_of(kind), size, left));
  }
  rest_.remove_prefix(header);
  return size;
}

std::string_view ValueReader::long_skip() {
  if (const std::size_t length = number_length(rest_)) {
    const auto number = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return number;
  }
  const detail::ScanResult found = detail::scan_value(rest_);
  if (found.fault != detail::ScanFault::none) throw_scan_fault(found, rest_);
  const auto value = rest_.substr(0, found.length);
  rest_.remove_prefix(found.length);
  return value;
}

bool is_value(std::string_view bytes) noexcept {
  const detail::ScanResult found = detail::scan_value(bytes);
  return found.fault == detail::ScanFault::none && found.length == bytes.size();
}

}  // namespace prun::wire
