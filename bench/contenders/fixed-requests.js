/** One GET in so many requests, as in the guide's mix of 1 health check to 8 questions. */
export const getEvery = 9;

export const paths = { get: '/health', post: '/mcp/v1/sequential-questioning' };

/** A question like sqload's whose body has exactly so many bytes. */
export function questionBody(bytes) {
  const text = (filling) =>
    JSON.stringify({
      user_id: '00000000-0000-4000-8000-000000000000',
      context: 'Learning about Python programming',
      previous_messages: [{ role: 'user', content: filling }],
    });
  return text('x'.repeat(Math.max(0, bytes - text('').length)));
}
