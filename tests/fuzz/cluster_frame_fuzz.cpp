// Any bytes as the stream of an agent, and as that of a head: the banner, frames and their bodies are read or refused.
#include "cluster/banner.hpp"
#include "cluster/file_chunk.hpp"
#include "cluster/frame.hpp"
#include "cluster/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace prun::cluster;

void read_body(const Frame& frame) {
  switch (frame.type) {
    case FrameType::setup: static_cast<void>(encode(decode_setup(frame.body))); return;
    case FrameType::tasks: {
      const TaskBatch batch = decode_tasks(frame.body);
      if (batch.count == 0) std::abort();
      prun::wire::ValueReader items(batch.items);
      for (std::uint64_t i = 0; !batch.range && i < batch.count; ++i) static_cast<void>(take_item(items));
      if (!items.at_end()) std::abort();
      return;
    }
    case FrameType::outcomes: {
      prun::wire::ValueReader outcomes(frame.body);
      while (!outcomes.at_end()) static_cast<void>(take_outcome(outcomes));
      return;
    }
    case FrameType::returned: static_cast<void>(decode_numbers(frame.body)); return;
    case FrameType::beat: static_cast<void>(decode_beat(frame.body)); return;
    case FrameType::file: static_cast<void>(encode(decode_file_chunk(frame.body))); return;
    case FrameType::refused: static_cast<void>(decode_text(frame.body)); return;
    default: static_cast<void>(decode_number(frame.body)); return;
  }
}

void read_body_of_any_type(std::string_view body) {
  for (const auto type : {FrameType::setup, FrameType::tasks, FrameType::recall, FrameType::refused,
                          FrameType::outcomes, FrameType::returned, FrameType::beat, FrameType::file}) {
    try {
      read_body({type, body});
    } catch (const prun::wire::DecodeError&) {
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(static_cast<const char*>(static_cast<const void*>(data)), size);
  BannerReader banner;
  banner.feed(bytes);
  static_cast<void>(banner.find());
  FrameReader reader;
  reader.feed(bytes.substr(0, size / 2));
  static_cast<void>(reader.next());
  reader.feed(bytes.substr(size / 2));
  for (auto frame = reader.next(); frame && *frame; frame = reader.next()) {
    try {
      read_body(**frame);
    } catch (const prun::wire::DecodeError&) {
    }
  }
  read_body_of_any_type(bytes);  // the checks of a header keep most mutations away from the bodies
  return 0;
}
