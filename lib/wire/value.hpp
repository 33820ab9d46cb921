// Values between processes: MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md), limited to the types of
// JSON: nil, booleans, integers of 64 bits (signed, and unsigned above INT64_MAX), float64, str, array, map with str keys.
// In addition: bytes, and numbers of more than 64 bits as text. A value is a view of bytes, without a tree.
// FORMAT.md is the grammar. This file does not know JSON, tasks or functions.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace prun::wire {

enum class Kind : std::uint8_t {
  null,
  boolean,
  integer,
  unsigned_integer,
  floating,
  string,
  array,
  map,
  decimal,
  binary
};

[[nodiscard]] const char* name_of(Kind kind) noexcept;  ///< with an article: "an integer"

/// The bytes are not a valid value: incomplete, an unknown tag, nested too deeply.
class DecodeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Every reader refuses containers that are nested deeper, so that no input can exhaust the stack.
inline constexpr int max_depth = 512;

/// Appends values to a string. Integers use the shortest form, so equal values have equal bytes.
class ValueWriter {
 public:
  explicit ValueWriter(std::string& out) noexcept : out_(&out) {}

  void null() { byte(0xc0); }
  void boolean(bool v) { byte(v ? 0xc3 : 0xc2); }
  void integer(std::int64_t v);
  void unsigned_integer(std::uint64_t v);  ///< written as `integer` if it fits
  void floating(double v) { tagged(0xcb, std::bit_cast<std::uint64_t>(v), 8); }
  void string(std::string_view v);                           ///< @throws std::length_error above 4 GiB
  void decimal(std::string_view json_number);                ///< a number that no form above can hold exactly
  void binary(std::string_view v);                           ///< bytes that are not text. @throws as `string`
  void array(std::uint32_t size);                            ///< `size` values must follow
  void map(std::uint32_t size);                              ///< `size` pairs of string and value must follow
  void raw(std::string_view value) { out_->append(value); }  ///< a whole value that is encoded already

 private:
  void byte(unsigned b) { out_->push_back(static_cast<char>(b)); }
  void tagged(unsigned tag, std::uint64_t v, std::size_t width);  ///< the tag, then `width` bytes of v, big-endian
  void long_string(std::string_view v);
  void sized(unsigned tag8, std::size_t size, const char* what);
  void long_container(unsigned tag16, std::uint32_t size);

  std::string* out_;
};

/// Reads values one after another from untrusted bytes. Every function throws DecodeError if the bytes have another type,
/// and then the position of the reader does not change.
class ValueReader {
 public:
  explicit ValueReader(std::string_view bytes) noexcept : rest_(bytes) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] Kind peek() const { return starts_below(0x80) ? Kind::integer : long_peek(); }
  void null();
  bool boolean();
  std::int64_t integer();            ///< Kind::integer only
  std::uint64_t unsigned_integer();  ///< Kind::unsigned_integer, or an integer of 0 or more
  double floating();                 ///< Kind::floating only
  std::string_view string();
  std::string_view decimal();  ///< its text, which may not be a number: the bytes are not trusted
  std::string_view binary();
  std::uint32_t array();    ///< at most the number of bytes left, so it is safe to reserve
  std::uint32_t map();      ///< at most half the number of bytes left
  std::string_view skip();  ///< one whole value, fully checked; returns its bytes
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

 private:
  [[nodiscard]] unsigned tag() const noexcept { return static_cast<unsigned char>(rest_.front()); }
  [[nodiscard]] bool starts_below(unsigned tag_limit) const noexcept { return !rest_.empty() && tag() < tag_limit; }
  [[nodiscard]] Kind long_peek() const;
  std::int64_t long_integer();
  std::string_view long_skip();
  std::string_view long_string();
  std::string_view bytes_of(Kind kind);
  std::uint32_t long_container(Kind kind);
  std::uint32_t checked_size(Kind kind, std::uint32_t size, std::size_t header);

  std::string_view rest_;
};

/// Returns true if the bytes are exactly one well-formed value.
[[nodiscard]] bool is_value(std::string_view bytes) noexcept;

// Code that runs for every argument and result is here, to be inlined. The rare forms are in value.cpp.

inline void ValueWriter::tagged(unsigned tag, std::uint64_t v, std::size_t width) {
  char bytes[9];
  bytes[0] = static_cast<char>(tag);
  v <<= 64 - 8 * width;
  if constexpr (std::endian::native == std::endian::little) v = __builtin_bswap64(v);
  std::memcpy(bytes + 1, &v, 8);
  out_->append(bytes, 1 + width);
}

inline void ValueWriter::integer(std::int64_t v) {
  const auto u = static_cast<std::uint64_t>(v);
  if (v >= -32 && v < 128) return byte(static_cast<unsigned>(u & 0xff));
  if (v >= 0) return unsigned_integer(u);
  if (v >= INT8_MIN) return tagged(0xd0, u, 1);
  if (v >= INT16_MIN) return tagged(0xd1, u, 2);
  if (v >= INT32_MIN) return tagged(0xd2, u, 4);
  tagged(0xd3, u, 8);
}

inline void ValueWriter::unsigned_integer(std::uint64_t v) {
  if (v < 128) return byte(static_cast<unsigned>(v));
  if (v <= UINT8_MAX) return tagged(0xcc, v, 1);
  if (v <= UINT16_MAX) return tagged(0xcd, v, 2);
  if (v <= UINT32_MAX) return tagged(0xce, v, 4);
  tagged(0xcf, v, 8);
}

inline void ValueWriter::string(std::string_view v) {
  if (v.size() > 31) return long_string(v);
  byte(0xa0 | static_cast<unsigned>(v.size()));
  out_->append(v);
}

inline void ValueWriter::array(std::uint32_t size) {
  if (size > 15) return long_container(0xdc, size);
  byte(0x90 | size);
}

inline void ValueWriter::map(std::uint32_t size) {
  if (size > 15) return long_container(0xde, size);
  byte(0x80 | size);
}

inline std::int64_t ValueReader::integer() {
  if (!starts_below(0x80)) return long_integer();
  const auto v = static_cast<std::int64_t>(tag());
  rest_.remove_prefix(1);
  return v;
}

inline std::string_view ValueReader::skip() {
  if (!starts_below(0x80)) return long_skip();
  const auto v = rest_.substr(0, 1);
  rest_.remove_prefix(1);
  return v;
}

inline std::string_view ValueReader::string() {
  if (rest_.empty() || (tag() & 0xe0) != 0xa0 || rest_.size() <= (tag() & 0x1f)) return long_string();
  const auto v = rest_.substr(1, tag() & 0x1f);
  rest_.remove_prefix(1 + v.size());
  return v;
}

inline std::uint32_t ValueReader::array() {
  if (rest_.empty() || (tag() & 0xf0) != 0x90) return long_container(Kind::array);
  return checked_size(Kind::array, tag() & 0x0f, 1);
}

inline std::uint32_t ValueReader::map() {
  if (rest_.empty() || (tag() & 0xf0) != 0x80) return long_container(Kind::map);
  return checked_size(Kind::map, tag() & 0x0f, 1);
}

}  // namespace prun::wire
