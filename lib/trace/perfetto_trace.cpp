// Writes packets with protozero, if prun was built with it. The numbers of fields are those of Perfetto's trace_packet.proto,
// track_event.proto, track_descriptor.proto, counter_descriptor.proto, debug_annotation.proto and interned_data.proto.
#include "trace/perfetto_trace.hpp"

#include <stdexcept>

#ifdef PRUN_HAS_PROTOZERO
#include <protozero/pbf_writer.hpp>

#include <algorithm>
#include <array>
#include <string>
#endif

namespace prun::trace {

#ifdef PRUN_HAS_PROTOZERO

namespace {

using protozero::pbf_tag_type;
using protozero::pbf_writer;

constexpr pbf_tag_type trace_packet = 1;

namespace packet {
constexpr pbf_tag_type timestamp = 8;
constexpr pbf_tag_type sequence_id = 10;
constexpr pbf_tag_type track_event = 11;
constexpr pbf_tag_type interned_data = 12;
constexpr pbf_tag_type sequence_flags = 13;
constexpr pbf_tag_type track_descriptor = 60;
constexpr std::uint32_t incremental_state_cleared = 1;
constexpr std::uint32_t needs_incremental_state = 2;
}  // namespace packet

namespace descriptor {
constexpr pbf_tag_type uuid = 1;
constexpr pbf_tag_type name = 2;
constexpr pbf_tag_type process = 3;
constexpr pbf_tag_type parent_uuid = 5;
constexpr pbf_tag_type counter = 8;
constexpr pbf_tag_type child_ordering = 11;
constexpr pbf_tag_type sibling_rank = 12;
constexpr std::int32_t ordered_by_rank = 3;
constexpr pbf_tag_type process_pid = 1;
constexpr pbf_tag_type process_name = 6;
constexpr pbf_tag_type counter_unit = 3;
constexpr std::int32_t unit_count = 2;
constexpr std::int32_t unit_bytes = 3;
}  // namespace descriptor

namespace event {
constexpr pbf_tag_type category_iids = 3;
constexpr pbf_tag_type debug_annotations = 4;
constexpr pbf_tag_type type = 9;
constexpr pbf_tag_type track_uuid = 11;
constexpr pbf_tag_type name = 23;
constexpr pbf_tag_type counter_value = 30;
constexpr pbf_tag_type flow_ids = 47;
constexpr pbf_tag_type terminating_flow_ids = 48;
enum Type : std::int32_t { slice_begin = 1, slice_end = 2, instant = 3, counter = 4 };
}  // namespace event

namespace annotation {
constexpr pbf_tag_type name_iid = 1;
constexpr pbf_tag_type bool_value = 2;
constexpr pbf_tag_type uint_value = 3;
constexpr pbf_tag_type string_value = 6;
constexpr pbf_tag_type name = 10;
}  // namespace annotation

namespace interned {
constexpr pbf_tag_type categories = 1;
constexpr pbf_tag_type annotation_names = 3;
constexpr pbf_tag_type iid = 1;
constexpr pbf_tag_type name = 2;
}  // namespace interned

// Strings that are written once and then meant by their number, from 1.
enum Category : std::uint64_t { task_category = 1, chunk_category, held_back_category };
constexpr std::array<std::string_view, 3> categories{"task", "chunk", "held back"};
enum Annotation : std::uint64_t { task_index = 1, attempt, failure, ended, first_task, tasks };
constexpr std::array<std::string_view, 6> annotations{"task", "attempt", "failure", "ended", "first_task", "tasks"};

/// All packets are of one sequence.
constexpr std::uint32_t sequence = 1;

// Numbers of tracks.
constexpr std::uint64_t process_track = 1;
constexpr std::uint64_t held_back_track = 2;
constexpr std::uint64_t first_counter_track = 3;
constexpr std::uint64_t first_worker_track = 16;

std::uint64_t track_of(std::uint32_t worker) noexcept { return first_worker_track + worker; }
std::uint64_t track_of(Counter counter) noexcept { return first_counter_track + static_cast<std::uint64_t>(counter); }

std::uint64_t time_field(std::int64_t nanoseconds) noexcept {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0));
}

class PerfettoTrace final : public TraceSink {
 public:
  explicit PerfettoTrace(ByteOutput& to) : out_(to), trace_(out_.bytes()) {}

  void begin(const Overview& overview) override {
    intern();
    name_process(overview);
    name_track(held_back_track, "nothing starts", 0);
    for (std::uint32_t worker = 0; worker < overview.workers.size(); ++worker)
      name_track(track_of(worker), overview.workers[worker], std::int32_t(worker) + 10);
    for (std::size_t i = 0; i < counter_names.size(); ++i) name_counter(static_cast<Counter>(i));
    write_facts(overview);
  }

  void chunk_starts(const ChunkStart& chunk) override {
    add_event(chunk.time, event::slice_begin, track_of(chunk.worker), [&](pbf_writer& event) {
      event.add_uint64(event::category_iids, chunk_category);
      event.add_string(event::name, "chunk of " + std::to_string(chunk.tasks));
      annotate(event, first_task, chunk.first_index);
      annotate(event, tasks, chunk.tasks);
    });
  }

  void chunk_ends(std::uint32_t worker, std::int64_t time) override { end_slice(track_of(worker), time); }

  void task(const TaskSlice& task) override {
    const std::uint64_t track = track_of(task.worker);
    add_event(task.from, event::slice_begin, track, [&](pbf_writer& event) {
      event.add_uint64(event::category_iids, task_category);
      event.add_string(event::name, task.call.data(), task.call.size());
      annotate(event, task_index, task.index);
      if (task.attempt > 1 || task.failure) annotate(event, attempt, std::uint64_t{task.attempt});
      if (task.failure) annotate(event, failure, std::string_view(prun::name_of(*task.failure)));
      if (!task.ended) annotate(event, ended, false);
      if (task.arrow_in != 0) event.add_fixed64(event::terminating_flow_ids, task.arrow_in);
      if (task.arrow_out != 0) event.add_fixed64(event::flow_ids, task.arrow_out);
    });
    end_slice(track, task.to);
  }

  void counter(Counter counter, std::int64_t time, std::uint64_t value) override {
    add_event(time, event::counter, track_of(counter),
              [value](pbf_writer& event) { event.add_int64(event::counter_value, static_cast<std::int64_t>(value)); });
  }

  void held_back(std::int64_t from, std::int64_t to, std::string_view reason) override {
    add_event(from, event::slice_begin, held_back_track, [&](pbf_writer& event) {
      event.add_uint64(event::category_iids, held_back_category);
      event.add_string(event::name, reason.data(), reason.size());
    });
    end_slice(held_back_track, to);
  }

  void end() override { out_.finish(); }

 private:
  /// Adds a packet. `fill` adds what is in it.
  template <class Fill>
  void add_packet(std::uint32_t flags, Fill fill) {
    {
      pbf_writer packet(trace_, trace_packet);
      packet.add_uint32(packet::sequence_id, sequence);
      packet.add_uint32(packet::sequence_flags, flags);
      fill(packet);
    }
    out_.pass_on_if_full();
  }

  template <class Fill>
  void add_event(std::int64_t time, event::Type type, std::uint64_t track, Fill fill) {
    add_packet(packet::needs_incremental_state, [&](pbf_writer& packet) {
      packet.add_uint64(packet::timestamp, time_field(time));
      pbf_writer event(packet, packet::track_event);
      event.add_enum(event::type, type);
      event.add_uint64(event::track_uuid, track);
      fill(event);
    });
  }

  void end_slice(std::uint64_t track, std::int64_t time) {
    add_event(time, event::slice_end, track, [](pbf_writer&) {});
  }

  template <class Fill>
  void add_track(std::uint64_t track, Fill fill) {
    add_packet(packet::needs_incremental_state, [&](pbf_writer& packet) {
      pbf_writer described(packet, packet::track_descriptor);
      described.add_uint64(descriptor::uuid, track);
      fill(described);
    });
  }

  static void annotate(pbf_writer& event, Annotation name, std::uint64_t value) {
    pbf_writer annotated(event, event::debug_annotations);
    annotated.add_uint64(annotation::name_iid, name);
    annotated.add_uint64(annotation::uint_value, value);
  }
  static void annotate(pbf_writer& event, Annotation name, std::string_view value) {
    pbf_writer annotated(event, event::debug_annotations);
    annotated.add_uint64(annotation::name_iid, name);
    annotated.add_string(annotation::string_value, value.data(), value.size());
  }
  static void annotate(pbf_writer& event, Annotation name, bool value) {
    pbf_writer annotated(event, event::debug_annotations);
    annotated.add_uint64(annotation::name_iid, name);
    annotated.add_bool(annotation::bool_value, value);
  }

  void intern() {
    add_packet(packet::incremental_state_cleared, [](pbf_writer& packet) {
      pbf_writer data(packet, packet::interned_data);
      const auto add_all = [&data](pbf_tag_type kind, const auto& names) {
        std::uint64_t number = 0;
        for (const std::string_view name : names) {
          pbf_writer entry(data, kind);
          entry.add_uint64(interned::iid, ++number);
          entry.add_string(interned::name, name.data(), name.size());
        }
      };
      add_all(interned::categories, categories);
      add_all(interned::annotation_names, annotations);
    });
  }

  void name_process(const Overview& overview) {
    add_track(process_track, [&](pbf_writer& track) {
      track.add_enum(descriptor::child_ordering, descriptor::ordered_by_rank);
      pbf_writer process(track, descriptor::process);
      process.add_int32(descriptor::process_pid, 1);
      process.add_string(descriptor::process_name, overview.name);
    });
  }

  void name_track(std::uint64_t uuid, std::string_view name, std::int32_t rank) {
    add_track(uuid, [&](pbf_writer& track) {
      track.add_uint64(descriptor::parent_uuid, process_track);
      track.add_string(descriptor::name, name.data(), name.size());
      track.add_int32(descriptor::sibling_rank, rank);
    });
  }

  void name_counter(Counter counter) {
    add_track(track_of(counter), [&](pbf_writer& track) {
      const std::string_view name = name_of(counter);
      track.add_uint64(descriptor::parent_uuid, process_track);
      track.add_string(descriptor::name, name.data(), name.size());
      track.add_int32(descriptor::sibling_rank, static_cast<std::int32_t>(counter) + 1);
      pbf_writer described(track, descriptor::counter);
      described.add_enum(descriptor::counter_unit,
                         counter == Counter::memory ? descriptor::unit_bytes : descriptor::unit_count);
    });
  }

  /// As the arguments of an event at the start.
  void write_facts(const Overview& overview) {
    add_event(0, event::instant, process_track, [&](pbf_writer& event) {
      event.add_string(event::name, "run");
      for (const auto& [name, value] : overview.facts) {
        pbf_writer annotated(event, event::debug_annotations);
        annotated.add_string(annotation::name, name);
        annotated.add_string(annotation::string_value, value);
      }
    });
  }

  BufferedBytes out_;
  pbf_writer trace_;
};

}  // namespace

bool can_write_perfetto() noexcept { return true; }

std::unique_ptr<TraceSink> make_perfetto_trace(ByteOutput& to) { return std::make_unique<PerfettoTrace>(to); }

#else

bool can_write_perfetto() noexcept { return false; }

std::unique_ptr<TraceSink> make_perfetto_trace(ByteOutput& /*to*/) {
  throw std::logic_error("prun was built without libprotozero");
}

#endif

}  // namespace prun::trace
