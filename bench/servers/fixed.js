// Answers every request at once with the same bytes, so that the generator is all that is measured.
import { answer, answerRequests } from './answer-requests.js';

answerRequests((socket) => socket.write(answer));
