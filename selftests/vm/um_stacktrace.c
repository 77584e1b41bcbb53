// SPDX-License-Identifier: GPL-2.0
/*
 * um_stacktrace.c - stack traces of User Mode Linux by frame pointers alone
 *
 * In the debug kernel this file takes the place of arch/um/kernel/stacktrace.c,
 * with the same interface.  That one asks for each word of a stack whether it is
 * an address of code, which for modules takes an RCU read lock, and so lockdep;
 * and nearly all of its answers are thrown away by who saves a trace.  KASAN and
 * kmemleak save one at each allocation: three quarters of all time went there.
 * What is lost are the entries with a question mark in what an oops prints.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/stacktrace.h>
#include <asm/stacktrace.h>

/* frames are on one stack, aligned, each above the one that it was called by */
static bool frame_is_sane(unsigned long frame, unsigned long above,
			  unsigned long end)
{
	return frame >= above && IS_ALIGNED(frame, sizeof(long)) &&
	       frame + sizeof(struct stack_frame) <= end;
}

void dump_trace(struct task_struct *tsk, const struct stacktrace_ops *ops,
		void *data)
{
	struct pt_regs *regs = tsk->thread.segv_regs;
	unsigned long above = (unsigned long)get_stack_pointer(tsk, regs);
	unsigned long frame = get_frame_pointer(tsk, regs);
	unsigned long end = round_up(above + 1, THREAD_SIZE);

	while (frame_is_sane(frame, above, end)) {
		const struct stack_frame *f = (const void *)frame;
		unsigned long addr = READ_ONCE_NOCHECK(f->return_address);

		if (!__kernel_text_address(addr))
			return;
		ops->address(data, addr, 1);
		above = frame + sizeof(*f);
		frame = (unsigned long)READ_ONCE_NOCHECK(f->next_frame);
	}
}

static void trace_add(void *data, unsigned long addr, int reliable)
{
	struct stack_trace *trace = data;

	if (trace->nr_entries < trace->max_entries)
		trace->entries[trace->nr_entries++] = addr;
}

static const struct stacktrace_ops trace_ops = {
	.address = trace_add,
};

void save_stack_trace(struct stack_trace *trace)
{
	dump_trace(current, &trace_ops, trace);
}
EXPORT_SYMBOL_GPL(save_stack_trace);

void save_stack_trace_tsk(struct task_struct *tsk, struct stack_trace *trace)
{
	dump_trace(tsk, &trace_ops, trace);
}
EXPORT_SYMBOL_GPL(save_stack_trace_tsk);
