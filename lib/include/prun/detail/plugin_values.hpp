// Reads and writes values inside a plugin: the MessagePack that <prun/plugin.h> describes. It checks every byte: incomplete
// or unknown forms throw ArgumentError. It knows no C++ types of the user.
#pragma once

#include <prun/plugin.h>
#include <prun/error.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

// Each plugin has its own copy of all of this: a static variable of a shared name would be one for all plugins.
#pragma GCC visibility push(hidden)

namespace prun::plugin {

enum class Kind : std::uint8_t { null, boolean, integer, unsigned_integer, floating, string, array, object };

[[nodiscard]] inline const char* name_of(Kind kind) noexcept {
  constexpr const char* names[] = {"null",     "a boolean", "an integer", "an integer above 2^63 - 1",
                                   "a number", "a string",  "an array",   "an object"};
  return names[static_cast<unsigned>(kind)];
}

/// Reads values one after another. Every function throws ArgumentError if the bytes have another type.
class Reader {
 public:
  Reader(const void* bytes, std::size_t size) noexcept : rest_(static_cast<const char*>(bytes), size) {}

  [[nodiscard]] Kind peek() const { return head().kind; }
  void null() { take(Kind::null); }
  bool boolean() { return take(Kind::boolean) != 0; }
  std::int64_t integer() { return static_cast<std::int64_t>(take(Kind::integer)); }
  std::uint64_t unsigned_integer() { return take(Kind::unsigned_integer); }  ///< above INT64_MAX only
  double floating() { return std::bit_cast<double>(take(Kind::floating)); }

  std::string_view string() {
    const std::uint64_t size = take(Kind::string);
    if (size > rest_.size()) cut_short();
    const std::string_view text = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(text.size());
    return text;
  }

  std::size_t array() { return container(Kind::array, 1); }    ///< never more than the number of bytes left
  std::size_t object() { return container(Kind::object, 2); }  ///< pairs of string and value

 private:
  enum class Form : std::uint8_t { foreign, constant, plain, sign_extended, float32 };
  struct Row {
    Kind kind = Kind::null;
    std::uint8_t width = 0;  ///< bytes of the number after the tag
    Form form = Form::foreign;
  };
  struct Head {
    Kind kind;
    std::size_t length;
    std::uint64_t number;  ///< bits of a boolean, integer or double; otherwise a size
  };

  [[noreturn]] static void cut_short() { throw ArgumentError(" is cut short"); }

  /// For tags from 0xc0 to 0xdf.
  static Row row_of(unsigned tag) noexcept {
    const auto width = [tag](unsigned first) { return static_cast<std::uint8_t>(1u << (tag - first)); };
    if (tag == 0xc0) return {Kind::null, 0, Form::constant};
    if (tag == 0xc2 || tag == 0xc3) return {Kind::boolean, 0, Form::constant};
    if (tag == 0xca) return {Kind::floating, 4, Form::float32};
    if (tag == 0xcb) return {Kind::floating, 8, Form::plain};
    if (tag >= 0xcc && tag <= 0xcf) return {Kind::integer, width(0xcc), Form::plain};
    if (tag >= 0xd0 && tag <= 0xd3) return {Kind::integer, width(0xd0), Form::sign_extended};
    if (tag >= 0xd9 && tag <= 0xdb) return {Kind::string, width(0xd9), Form::plain};
    if (tag >= 0xdc && tag <= 0xdd) return {Kind::array, width(0xdb), Form::plain};
    if (tag >= 0xde) return {Kind::object, width(0xdd), Form::plain};
    return {};  // never used, binary, extensions
  }

  [[nodiscard]] Head head() const {
    if (rest_.empty()) cut_short();
    const unsigned tag = static_cast<unsigned char>(rest_.front());
    if (tag < 0x80) return {Kind::integer, 1, tag};
    if (tag < 0x90) return {Kind::object, 1, tag & 0x0f};
    if (tag < 0xa0) return {Kind::array, 1, tag & 0x0f};
    if (tag < 0xc0) return {Kind::string, 1, tag & 0x1f};
    if (tag >= 0xe0) return {Kind::integer, 1, static_cast<std::uint64_t>(static_cast<std::int8_t>(tag))};
    return long_head(tag);
  }

  [[nodiscard]] Head long_head(unsigned tag) const {
    const Row row = row_of(tag);
    if (row.form == Form::foreign) throw ArgumentError(" is of a form that prun does not use");
    if (rest_.size() <= row.width) cut_short();
    std::uint64_t v = 0;
    for (std::size_t i = 1; i <= row.width; ++i) v = v << 8 | static_cast<unsigned char>(rest_[i]);
    Head head{row.kind, row.width + std::size_t{1}, v};
    if (row.form == Form::constant) head.number = tag & 1;
    if (row.form == Form::sign_extended) {
      const unsigned shift = 64U - 8U * row.width;
      head.number = static_cast<std::uint64_t>(static_cast<std::int64_t>(v << shift) >> shift);
    }
    if (row.form == Form::float32) {
      head.number = std::bit_cast<std::uint64_t>(double{std::bit_cast<float>(static_cast<std::uint32_t>(v))});
    }
    if (tag == 0xcf && v > INT64_MAX) head.kind = Kind::unsigned_integer;
    return head;
  }

  std::uint64_t take(Kind kind) {
    const Head head = this->head();
    if (head.kind != kind)
      throw ArgumentError(std::string(" must be ") + name_of(kind) + ", got " + name_of(head.kind));
    rest_.remove_prefix(head.length);
    return head.number;
  }

  std::size_t container(Kind kind, std::size_t least_bytes) {
    const std::uint64_t size = take(kind);
    if (size > rest_.size() / least_bytes) cut_short();
    return static_cast<std::size_t>(size);
  }

  std::string_view rest_;
};

/// Writes values one after another through a small buffer. The output is complete after flush().
class Writer {
 public:
  explicit Writer(const prun_output& output) noexcept : output_(&output) {}

  void null() { byte(0xc0); }
  void boolean(bool v) { byte(v ? 0xc3 : 0xc2); }

  void integer(std::int64_t v) {
    const auto u = static_cast<std::uint64_t>(v);
    if (v >= 0) return unsigned_integer(u);
    if (v >= -32) return byte(static_cast<unsigned>(u & 0xff));
    if (v >= INT8_MIN) return tagged(0xd0, u, 1);
    if (v >= INT16_MIN) return tagged(0xd1, u, 2);
    if (v >= INT32_MIN) return tagged(0xd2, u, 4);
    tagged(0xd3, u, 8);
  }

  void unsigned_integer(std::uint64_t v) {
    if (v < 128) return byte(static_cast<unsigned>(v));
    if (v <= UINT8_MAX) return tagged(0xcc, v, 1);
    if (v <= UINT16_MAX) return tagged(0xcd, v, 2);
    if (v <= UINT32_MAX) return tagged(0xce, v, 4);
    tagged(0xcf, v, 8);
  }

  void floating(double v) { tagged(0xcb, std::bit_cast<std::uint64_t>(v), 8); }

  void string(std::string_view v) {
    if (v.size() < 32) {
      byte(0xa0 | static_cast<unsigned>(v.size()));
    } else if (v.size() <= UINT8_MAX) {
      tagged(0xd9, v.size(), 1);
    } else {
      sized(0xda, v.size());
    }
    append(v.data(), v.size());
  }

  void array(std::size_t size) { size < 16 ? byte(0x90 | static_cast<unsigned>(size)) : sized(0xdc, size); }
  void object(std::size_t size) { size < 16 ? byte(0x80 | static_cast<unsigned>(size)) : sized(0xde, size); }

  void flush() {
    if (used_ != 0 && output_->write(output_->target, buffer_, used_) != 0) throw std::bad_alloc();
    used_ = 0;
  }

 private:
  void byte(unsigned b) {
    if (used_ == sizeof buffer_) flush();
    buffer_[used_++] = static_cast<char>(b);
  }

  void tagged(unsigned tag, std::uint64_t v, unsigned width) {
    byte(tag);
    for (unsigned i = width; i-- > 0;) byte(static_cast<unsigned>(v >> (8 * i) & 0xff));
  }

  /// A size of 16 or 32 bits after one of two neighbouring tags.
  void sized(unsigned tag, std::size_t size) {
    if (size > UINT32_MAX)
      throw SerializationError("the result holds more than 2^32 - 1 bytes or elements in one value");
    size <= UINT16_MAX ? tagged(tag, size, 2) : tagged(tag + 1, size, 4);
  }

  void append(const char* bytes, std::size_t count) {
    if (count == 0) return;  // an empty view may have no address
    if (count > sizeof buffer_ - used_) flush();
    if (count > sizeof buffer_) {
      if (output_->write(output_->target, bytes, count) != 0) throw std::bad_alloc();
      return;
    }
    std::memcpy(buffer_ + used_, bytes, count);
    used_ += count;
  }

  const prun_output* output_;
  std::size_t used_ = 0;
  char buffer_[256];  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
};

}  // namespace prun::plugin

#pragma GCC visibility pop
