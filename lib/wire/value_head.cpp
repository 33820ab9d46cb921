// The table of MessagePack's tags. It does not interpret or check the contents of values.
#include "wire/value_head.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace prun::wire::detail {
namespace {

enum class Form : std::uint8_t { foreign, constant, as_is, sign_extended, float32, size, extension };

/// The meaning of a tag: its kind, how many bytes of number follow it, and how to read them.
struct TagRow {
  Kind kind = Kind::null;
  std::uint8_t width = 0;
  Form form = Form::foreign;
};

// clang-format off
constexpr std::array<TagRow, 32> tags_from_c0 = {{
    {Kind::null, 0, Form::constant}, {},                                               // c0 nil, c1 never used
    {Kind::boolean, 0, Form::constant}, {Kind::boolean, 0, Form::constant},            // c2 false, c3 true
    {Kind::binary, 1, Form::size}, {Kind::binary, 2, Form::size}, {Kind::binary, 4, Form::size},  // c4-c6
    {Kind::decimal, 1, Form::extension}, {Kind::decimal, 2, Form::extension},          // c7, c8
    {Kind::decimal, 4, Form::extension},                                               // c9
    {Kind::floating, 4, Form::float32}, {Kind::floating, 8, Form::as_is},              // ca, cb
    {Kind::integer, 1, Form::as_is}, {Kind::integer, 2, Form::as_is},                  // cc, cd unsigned
    {Kind::integer, 4, Form::as_is}, {Kind::integer, 8, Form::as_is},                  // ce, cf unsigned
    {Kind::integer, 1, Form::sign_extended}, {Kind::integer, 2, Form::sign_extended},  // d0, d1
    {Kind::integer, 4, Form::sign_extended}, {Kind::integer, 8, Form::sign_extended},  // d2, d3
    {}, {}, {}, {}, {},                                                                // d4-d8 fixext
    {Kind::string, 1, Form::size}, {Kind::string, 2, Form::size}, {Kind::string, 4, Form::size},  // d9-db
    {Kind::array, 2, Form::size}, {Kind::array, 4, Form::size},                        // dc, dd
    {Kind::map, 2, Form::size}, {Kind::map, 4, Form::size},                            // de, df
}};
// clang-format on

std::uint64_t big_endian(const char* bytes, std::size_t width) noexcept {
  std::uint64_t v = 0;
  for (std::size_t i = 0; i < width; ++i) v = v << 8 | static_cast<unsigned char>(bytes[i]);
  return v;
}

std::uint64_t sign_extend(std::uint64_t v, unsigned width) noexcept {
  const unsigned shift = 64 - 8 * width;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(v << shift) >> shift);
}

Head numbered(TagRow row, unsigned tag, std::uint64_t v) noexcept {
  Head head{HeadFault::none, row.kind, 1u + row.width, v};
  switch (row.form) {
    case Form::constant: head.number = tag & 1; break;
    case Form::sign_extended: head.number = sign_extend(v, row.width); break;
    case Form::float32:
      head.number = std::bit_cast<std::uint64_t>(double{std::bit_cast<float>(static_cast<std::uint32_t>(v))});
      break;
    case Form::as_is:
      if (tag == 0xcf && v > INT64_MAX) head.kind = Kind::unsigned_integer;
      break;
    case Form::size:
    case Form::extension:
    case Form::foreign: break;
  }
  return head;
}

/// The type of the extension comes after its size.
Head extension(TagRow row, unsigned tag, std::string_view bytes) noexcept {
  const std::size_t type = 1u + row.width;
  if (bytes.size() <= type) return {HeadFault::cut_short, row.kind, 0, 0};
  if (static_cast<unsigned char>(bytes[type]) != decimal_extension) return {HeadFault::foreign_tag, Kind::null, 0, tag};
  return {HeadFault::none, row.kind, type + 1, big_endian(bytes.data() + 1, row.width)};
}

}  // namespace

Head read_head(std::string_view bytes) noexcept {
  if (bytes.empty()) return {HeadFault::cut_short, Kind::null, 0, 0};
  const auto tag = static_cast<unsigned char>(bytes.front());
  if (tag < 0x80) return {HeadFault::none, Kind::integer, 1, tag};
  if (tag < 0x90) return {HeadFault::none, Kind::map, 1, tag & 0x0fu};
  if (tag < 0xa0) return {HeadFault::none, Kind::array, 1, tag & 0x0fu};
  if (tag < 0xc0) return {HeadFault::none, Kind::string, 1, tag & 0x1fu};
  if (tag >= 0xe0) return {HeadFault::none, Kind::integer, 1, sign_extend(tag, 1)};
  const TagRow row = tags_from_c0[tag - 0xc0u];
  if (row.form == Form::foreign) return {HeadFault::foreign_tag, Kind::null, 0, tag};
  if (bytes.size() <= row.width) return {HeadFault::cut_short, row.kind, 0, 0};
  if (row.form == Form::extension) return extension(row, tag, bytes);
  return numbered(row, tag, big_endian(bytes.data() + 1, row.width));
}

}  // namespace prun::wire::detail
