// A part of a file that travels between the head and a node, as the body of a frame. The decoder reads untrusted bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace prun::cluster {

struct FileChunk {
  std::string name{};        ///< to a node: where it belongs there; empty from a node
  std::uint64_t index = 0;   ///< from a node: the task that has made it
  std::uint64_t number = 0;  ///< from a node: which of the files that the task returns
  std::uint32_t mode = 0644;
  std::string error{};       ///< why there is no file; empty: there is one
  std::string_view bytes{};  ///< the next bytes of it
  bool last = true;
};
[[nodiscard]] std::string encode(const FileChunk& chunk);
/// @throws wire::DecodeError
[[nodiscard]] FileChunk decode_file_chunk(std::string_view body);

}  // namespace prun::cluster
