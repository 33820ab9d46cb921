#include "cluster/node.hpp"

#include "cluster/prun_copy.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace prun::cluster {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds time_to_end{500};  // between the end of the agent's output and of its launcher
constexpr std::size_t longest_line = 4096;
constexpr int most_blocks = 16;  // at a time, so that one node does not keep the others waiting
constexpr std::uint32_t most_signal = 64;

int take_signal(std::string_view body) {
  const std::uint32_t signal = decode_small_number(body);
  if (signal == 0 || signal > most_signal) throw wire::DecodeError("there is no such signal");
  return static_cast<int>(signal);
}

}  // namespace

void Node::start(const std::vector<std::string>& words, const Banner& own, const Setup& setup) {
  own_ = own;
  setup_ = setup;
  banner_ = {};
  frames_ = {};
  error_text_.clear();
  last_error_line_.clear();
  goodbye_ = program_sent_ = false;
  best_round_trip_ns_ = INT64_MAX;
  link_ = std::make_unique<Link>(words);
  state_.started(Clock::now());
}

void Node::read_out() {
  for (int i = 0; i < most_blocks && link_ != nullptr; ++i) {
    switch (link_->read_out(block_)) {
      case Link::Got::nothing: return;
      case Link::Got::end: return on_end();
      case Link::Got::bytes: break;
    }
    state_.heard(Clock::now());
    take(block_);
  }
}

void Node::take(std::string_view bytes) {
  if (state_.phase() == NodeState::Phase::greeting) {
    banner_.feed(bytes);
    return greet();
  }
  frames_.feed(bytes);
  take_frames();
}

void Node::greet() {
  auto banner = banner_.find();
  if (!banner) return lose(banner.error(), true);
  if (!*banner) {
    if (!program_sent_ && banner_.has(wants_program)) send_program();
    return;
  }
  if (const auto why = mismatch(own_, **banner)) return lose(*why, true);
  state_.greeted(Clock::now());
  check_cpus((*banner)->cpus);
  add(FrameType::setup, encode(setup_));
  link_->outlet()->flush();
  frames_.feed(banner_.rest());
  banner_ = {};
  listener_->on_greeted(number_);
  take_frames();
}

void Node::send_program() {
  program_sent_ = true;
  auto program = listener_->program();
  if (program == nullptr) return lose("it asks for prun, but --copy-prun was not given", true);
  link_->outlet()->add_bytes(std::move(program));
  link_->outlet()->flush();
}

void Node::note_progress() {
  if (link_ != nullptr) state_.progressed(link_->outlet()->last_moved());
}

// A job step may be bound to fewer CPUs than the job has on that node.
void Node::check_cpus(std::uint32_t cpus) {
  if (cpus >= host_.cpus) return;
  setup_.workers = cpus;
  listener_->on_fewer_cpus(number_, cpus);
}

void Node::take_frames() {
  while (link_ != nullptr) {
    const auto frame = frames_.next();
    if (!frame) return lose(frame.error(), false);
    if (!*frame) return;
    try {
      take_frame(**frame);
    } catch (const wire::DecodeError& e) {
      lose(fmt::format("it sent a message that prun cannot read: {}; use a launcher that changes no byte", e.what()),
           false);
    }
  }
}

void Node::take_frame(const Frame& frame) {
  const bool working = state_.working();
  switch (frame.type) {
    case FrameType::ready:
      if (state_.phase() != NodeState::Phase::preparing) break;
      state_.ready(decode_small_number(frame.body), Clock::now());
      link_->outlet()->beat();
      return listener_->on_ready(number_);
    case FrameType::refused: return lose(decode_text(frame.body), true);
    case FrameType::outcomes:
      if (!working) break;
      return listener_->on_outcomes(number_, frame.body);
    case FrameType::returned:
      if (!working) break;
      state_.recall_answered();
      return listener_->on_returned(number_, frame.body);
    case FrameType::file:
      if (!working) break;
      return listener_->on_file(number_, decode_file_chunk(frame.body));
    case FrameType::goodbye: goodbye_ = true; return;
    case FrameType::warned: return listener_->on_warned(number_, take_signal(frame.body));
    case FrameType::beat: return take_beat(decode_beat(frame.body));
    default: break;
  }
  lose("it sent a message at the wrong time; please report this", false);
}

// The beat that came back quickest shows best what the other clock said at a time of this one.
void Node::take_beat(const Beat& beat) {
  const std::int64_t now = monotonic_ns();
  link_->outlet()->note_beat(beat.sent_ns);
  if (beat.echoed_ns == 0) return;
  const std::int64_t round_trip = now - beat.echoed_ns - beat.held_ns;
  if (round_trip < 0) return;
  state_.round_trip(std::chrono::nanoseconds(round_trip));
  if (round_trip >= best_round_trip_ns_) return;
  best_round_trip_ns_ = round_trip;
  clock_difference_ = now - round_trip / 2 - beat.sent_ns;
}

void Node::read_err() {
  if (link_ == nullptr) return;
  const Link::Got got = link_->read_err(block_);
  if (got == Link::Got::nothing) return;
  if (got == Link::Got::end) {
    if (!error_text_.empty()) block_ = "\n";
    link_->close_err();
  }
  error_text_ += block_;
  std::string_view rest = error_text_;
  for (auto end = rest.find('\n'); end != std::string_view::npos || rest.size() > longest_line; end = rest.find('\n')) {
    std::string_view line = rest.substr(0, std::min(end, longest_line));
    rest.remove_prefix(std::min(line.size() + (line.size() == end ? 1 : 0), rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (state_.working()) {
      listener_->on_text(number_, line);
    } else {
      last_error_line_ = line;
    }
  }
  error_text_.erase(0, error_text_.size() - rest.size());
}

void Node::on_end() {
  read_err();
  if (goodbye_) {
    state_.finished();
    return drop_link();
  }
  lose(why_it_ended(), false);
}

std::optional<std::string> Node::why_not_started() {
  if (state_.phase() != NodeState::Phase::greeting || !link_->ends_within(std::chrono::milliseconds(0)))
    return std::nullopt;
  return why_it_ended();
}

std::string Node::why_it_ended() {
  const bool began = state_.working() || state_.phase() == NodeState::Phase::preparing;
  std::string text = began ? "its agent ended" : "no agent started";
  if (const auto how = link_->ending(time_to_end)) text += ": the launcher " + *how;
  read_err();
  std::string_view told = last_error_line_;
  if (told.empty() && !began) told = banner_.last_noise();
  if (!told.empty()) text += fmt::format(": {}", told);
  return text;
}

void Node::lose(const std::string& why, bool for_good) { listener_->on_lost(number_, why, for_good); }

}  // namespace prun::cluster
