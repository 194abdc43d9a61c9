/** A function of the pretended pipeline, and what it may call. */
export interface PretendedFunction {
  /** Index into {@link pretendedLibraries}. */
  library: number
  /** How likely it is the leaf of a stack that reaches it, beside the weights of `calls`. */
  self: number
  /** Callees and how likely each is. */
  calls: Readonly<Record<string, number>>
  /** Compiled into its caller: it shares the caller's address. */
  inlined?: boolean
}

/** The program, the C library and the kernel. */
export const pretendedLibraries = ['pipeline', 'libc.so.6', '[kernel.kallsyms]'] as const

const program = 0
const libc = 1
const kernel = 2

/**
 * Who calls whom. The names are made in the manner of a Rust program; two of the functions call themselves
 * and one pair calls each other, so that a reader of profiles meets recursion.
 */
export const pretendedFunctions: Readonly<Record<string, PretendedFunction>> = {
  clone3: { library: libc, self: 0, calls: { start_thread: 1 } },
  start_thread: { library: libc, self: 0, calls: {} },
  'std::sys::thread::thread_start': { library: program, self: 0, calls: {} },
  'dbsp::runtime::worker_main': { library: program, self: 0, calls: { 'dbsp::circuit::step': 1 } },
  'dbsp::circuit::step': {
    library: program,
    self: 1,
    calls: { 'dbsp::scheduler::run_ready': 30 },
  },
  'dbsp::scheduler::run_ready': {
    library: program,
    self: 2,
    calls: {
      'dbsp::operator::join::Join::eval': 30,
      'dbsp::operator::aggregate::Aggregate::eval': 22,
      'dbsp::operator::distinct::Distinct::eval': 10,
      'dbsp::operator::map::Map::eval': 12,
      'dbsp::operator::exchange::Exchange::eval': 9,
      'dbsp::operator::recursive::ChildCircuit::eval': 8,
      'dbsp::trace::spine::Spine::insert': 14,
    },
  },
  'dbsp::operator::recursive::ChildCircuit::eval': {
    library: program,
    self: 1,
    calls: { 'dbsp::circuit::step': 20 },
  },
  'dbsp::operator::join::Join::eval': {
    library: program,
    self: 8,
    calls: {
      'dbsp::trace::cursor::CursorList::seek_key': 26,
      'dbsp::algebra::ZWeight::mul_by_ref': 8,
      'dbsp::trace::builder::Builder::push': 14,
    },
  },
  'dbsp::operator::aggregate::Aggregate::eval': {
    library: program,
    self: 6,
    calls: {
      'dbsp::trace::cursor::CursorList::seek_key': 16,
      'orders::total_by_customer::{{closure}}': 12,
      'dbsp::trace::builder::Builder::push': 8,
    },
  },
  'dbsp::operator::distinct::Distinct::eval': {
    library: program,
    self: 5,
    calls: { 'dbsp::trace::cursor::CursorList::seek_key': 12, 'dbsp::algebra::ZWeight::is_zero': 3 },
  },
  'dbsp::operator::map::Map::eval': {
    library: program,
    self: 4,
    calls: {
      'orders::normalise_address::{{closure}}': 8,
      'core::slice::sort::quicksort': 10,
      'dbsp::trace::builder::Builder::push': 4,
    },
  },
  'dbsp::operator::exchange::Exchange::eval': {
    library: program,
    self: 3,
    calls: { 'rkyv::ser::serialize': 8, 'core::hash::sip::Hasher::write': 4 },
  },
  'dbsp::trace::spine::Spine::insert': {
    library: program,
    self: 2,
    calls: { 'dbsp::trace::merger::merge_batches': 12, 'core::slice::sort::quicksort': 3 },
  },
  'dbsp::trace::merger::merge_batches': {
    library: program,
    self: 6,
    calls: { 'core::cmp::Ord::cmp': 8, memmove: 6, 'dbsp::storage::file::Writer::write_block': 5 },
  },
  'dbsp::trace::cursor::CursorList::seek_key': {
    library: program,
    self: 9,
    calls: { 'core::cmp::Ord::cmp': 12, 'dbsp::storage::cache::BufferCache::get': 7 },
  },
  'dbsp::trace::builder::Builder::push': {
    library: program,
    self: 4,
    calls: { 'alloc::raw_vec::grow_amortized': 3, memmove: 4 },
  },
  'core::slice::sort::quicksort': {
    library: program,
    self: 5,
    calls: {
      'core::slice::sort::quicksort': 9,
      'core::slice::sort::insertion_sort': 4,
      'core::cmp::Ord::cmp': 4,
    },
  },
  'core::slice::sort::insertion_sort': { library: program, self: 4, calls: { 'core::cmp::Ord::cmp': 3 } },
  'core::cmp::Ord::cmp': { library: program, self: 1, calls: {}, inlined: true },
  'dbsp::algebra::ZWeight::mul_by_ref': { library: program, self: 1, calls: {}, inlined: true },
  'dbsp::algebra::ZWeight::is_zero': { library: program, self: 1, calls: {}, inlined: true },
  'orders::total_by_customer::{{closure}}': {
    library: program,
    self: 5,
    calls: { 'alloc::raw_vec::grow_amortized': 1 },
  },
  'orders::normalise_address::{{closure}}': {
    library: program,
    self: 4,
    calls: { 'core::str::to_lowercase': 4 },
  },
  'core::str::to_lowercase': { library: program, self: 3, calls: { malloc: 2 } },
  'rkyv::ser::serialize': { library: program, self: 4, calls: { memmove: 3 } },
  'core::hash::sip::Hasher::write': { library: program, self: 1, calls: {}, inlined: true },
  'alloc::raw_vec::grow_amortized': { library: program, self: 1, calls: { realloc: 4 } },
  'dbsp::storage::cache::BufferCache::get': {
    library: program,
    self: 3,
    calls: { 'dbsp::storage::file::Reader::read_block': 3, 'core::hash::sip::Hasher::write': 2 },
  },
  'dbsp::storage::file::Reader::read_block': {
    library: program,
    self: 1,
    calls: { pread64: 5, 'snap::decompress': 4, 'crc32c::checksum': 2 },
  },
  'dbsp::storage::file::Writer::write_block': {
    library: program,
    self: 1,
    calls: { pwrite64: 4, 'snap::compress': 5, 'crc32c::checksum': 2 },
  },
  'snap::compress': { library: program, self: 5, calls: {} },
  'snap::decompress': { library: program, self: 5, calls: {} },
  'crc32c::checksum': { library: program, self: 2, calls: {} },
  'tokio::runtime::worker::run': { library: program, self: 1, calls: { 'tokio::runtime::task::poll': 20 } },
  'tokio::runtime::task::poll': {
    library: program,
    self: 2,
    calls: { 'adapters::transport::kafka::read_batch': 10, 'adapters::server::handle_request': 4 },
  },
  'adapters::transport::kafka::read_batch': {
    library: program,
    self: 2,
    calls: { 'adapters::format::json::parse_record': 12, recvmsg: 4 },
  },
  'adapters::format::json::parse_record': {
    library: program,
    self: 3,
    calls: { 'serde_json::de::parse_value': 12 },
  },
  'serde_json::de::parse_value': {
    library: program,
    self: 6,
    calls: { 'serde_json::de::parse_object': 6, 'serde_json::de::parse_number': 4, malloc: 1 },
  },
  'serde_json::de::parse_object': { library: program, self: 3, calls: { 'serde_json::de::parse_value': 8 } },
  'serde_json::de::parse_number': { library: program, self: 1, calls: {}, inlined: true },
  'adapters::server::handle_request': { library: program, self: 3, calls: { 'rkyv::ser::serialize': 2 } },
  'adapters::controller::run': {
    library: program,
    self: 2,
    calls: { 'adapters::controller::flush_inputs': 4, 'adapters::stats::update': 3 },
  },
  'adapters::controller::flush_inputs': { library: program, self: 3, calls: { memmove: 1 } },
  'adapters::stats::update': { library: program, self: 2, calls: { clock_gettime: 2 } },
  'dbsp::trace::background::merge_loop': {
    library: program,
    self: 1,
    calls: { 'dbsp::trace::merger::merge_batches': 20 },
  },
  memmove: { library: libc, self: 1, calls: {} },
  malloc: { library: libc, self: 5, calls: { page_fault: 1 } },
  realloc: { library: libc, self: 3, calls: { page_fault: 2, memmove: 2 } },
  clock_gettime: { library: libc, self: 1, calls: {} },
  pread64: { library: libc, self: 1, calls: { vfs_read: 9 } },
  pwrite64: { library: libc, self: 1, calls: { vfs_write: 9 } },
  recvmsg: { library: libc, self: 1, calls: { tcp_recvmsg: 6 } },
  vfs_read: { library: kernel, self: 3, calls: { copy_to_user: 4 } },
  vfs_write: { library: kernel, self: 3, calls: { copy_from_user: 4 } },
  tcp_recvmsg: { library: kernel, self: 2, calls: { copy_to_user: 2 } },
  copy_to_user: { library: kernel, self: 1, calls: {} },
  copy_from_user: { library: kernel, self: 1, calls: {} },
  page_fault: { library: kernel, self: 3, calls: { clear_page: 4 } },
  clear_page: { library: kernel, self: 1, calls: {} },
  'std::thread::park': { library: program, self: 1, calls: {} },
  epoll_wait: { library: libc, self: 1, calls: {} },
  syscall: { library: libc, self: 1, calls: {} },
  futex_wait: { library: kernel, self: 1, calls: {} },
  ep_poll: { library: kernel, self: 1, calls: {} },
}
