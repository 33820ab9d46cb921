#include "cluster/frame.hpp"

#include <array>
#include <stdexcept>

namespace prun::cluster {
namespace {

constexpr unsigned char marker = 0xf5;  // in no UTF-8 text, so that text between frames is noticed at once

constexpr bool is_type(unsigned type) noexcept {
  return (type >= 1 && type <= 7) || (type >= 16 && type <= 21) || type == 32 || type == 33;
}

constexpr std::uint16_t check_of(unsigned type, std::uint32_t size) noexcept {
  const std::uint32_t mixed = (size ^ (type << 24U)) * 0x9e3779b1U;
  return static_cast<std::uint16_t>(mixed >> 16U);
}

unsigned byte_at(std::string_view bytes, std::size_t at) noexcept { return static_cast<unsigned char>(bytes[at]); }

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t width) noexcept {
  std::uint32_t number = 0;
  for (std::size_t i = width; i-- > 0;) number = number << 8U | byte_at(bytes, at + i);
  return number;
}

}  // namespace

void append_frame(std::string& out, FrameType type, std::string_view body) {
  if (body.size() > largest_body) throw std::length_error("a message to another machine may be up to 2 GiB");
  const auto size = static_cast<std::uint32_t>(body.size());
  const auto kind = static_cast<unsigned>(type);
  const std::uint32_t check = check_of(kind, size);
  const std::array<unsigned, frame_header_size> header{
      marker, kind, check & 0xffU, check >> 8U, size & 0xffU, size >> 8U & 0xffU, size >> 16U & 0xffU, size >> 24U};
  for (const unsigned byte : header) out.push_back(static_cast<char>(static_cast<unsigned char>(byte)));
  out.append(body);
}

void FrameReader::feed(std::string_view bytes) {
  if (at_ == buffer_.size()) {
    buffer_.clear();
    at_ = 0;
  } else if (at_ > (std::size_t{1} << 16U) && at_ > buffer_.size() / 2) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  buffer_.append(bytes);
}

tl::expected<std::optional<Frame>, std::string> FrameReader::next() {
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  if (rest.empty()) return std::nullopt;
  if (byte_at(rest, 0) != marker)
    return tl::unexpected<std::string>(
        "its stream has bytes that prun did not send; use a launcher without a terminal that adds no text");
  if (rest.size() < frame_header_size) return std::nullopt;
  const unsigned type = byte_at(rest, 1);
  const std::uint32_t size = number_at(rest, 4, 4);
  if (!is_type(type) || size > largest_body || number_at(rest, 2, 2) != check_of(type, size))
    return tl::unexpected<std::string>("its stream has a damaged message; use a launcher that changes no byte");
  if (rest.size() - frame_header_size < size) return std::nullopt;
  at_ += frame_header_size + size;
  return Frame{static_cast<FrameType>(type), rest.substr(frame_header_size, size)};
}

}  // namespace prun::cluster
